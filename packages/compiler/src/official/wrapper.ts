import { basename } from 'node:path'
import { connectionExport, engineExports, guestExports } from '@extism-ws/protocol'

import type { ExportDeclaration } from '../interface/interface.js'
import { typeLetters } from '../link/cell.js'

type Export = Omit<ExportDeclaration, 'place'>

/**
 * A module that puts the guest library's event loop around an author's exports: that engine has none.
 *
 * @param entry absolute path of the entry file; the wrapper stands beside it.
 * @param exports names of the author's exports.
 * @param declared those of an interface file, if there is one.
 */
export function wrapperOf(
  entry: string,
  exports: readonly string[],
  declared: readonly Export[] | undefined,
): string {
  const signatures = Object.fromEntries(
    (declared ?? []).map(({ name, params, result }) => [
      name,
      { params: typeLetters(params), result: typeLetters([result]) },
    ]),
  )
  const names = [...exports, ...wrapperExports.map(({ name }) => name)]
  return [
    // First: the author's top level may set a timer.
    "import { jsPdkExports } from '@extism-ws/guest/js-pdk'",
    ...(exports.includes(connectionExport) ? ["import '@extism-ws/guest/accept'"] : []),
    `import * as author from ${JSON.stringify(`./${basename(entry)}`)}`,
    `const all = jsPdkExports(author, ${JSON.stringify(signatures)})`,
    ...names.map((name, i) => `const e${i} = all[${JSON.stringify(name)}]`),
    `export { ${names.map((name, i) => `e${i} as ${name}`).join(', ')} }`,
  ].join('\n')
}

/** What it exports beside the author's functions (docs/abi.md §4), but for what needs natives. */
export const wrapperExports: readonly Export[] = Object.entries(guestExports)
  .filter(([name]) => !(engineExports as readonly string[]).includes(name))
  .map(([name, { params, result }]) => ({
    name,
    params: params.map(([, type]) => type),
    result,
  }))
