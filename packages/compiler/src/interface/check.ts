import { fromHere } from '../bundle/place.js'
import type { ExportDeclaration } from './interface.js'
import { errorAt } from './source.js'

/**
 * Compares what an interface file declares with what the entry file exports.
 *
 * @param exported names of the functions that the entry exports.
 * @param entry absolute path of the entry file.
 * @returns warnings.
 * @throws {EwsError} `EWS_BUILD` for a declared function that is not exported, at its declaration.
 */
export function checkExports(
  declared: readonly ExportDeclaration[],
  exported: readonly string[],
  entry: string,
): string[] {
  const file = fromHere(entry)
  for (const { name, place } of declared) {
    if (exported.includes(name)) continue
    const what = exported.length === 0 ? 'no function' : list(exported)
    throw errorAt(
      place,
      `"${name}" is declared here, but ${file} does not export it: it exports ${what}`,
    )
  }
  const names = new Set(declared.map(({ name }) => name))
  const hidden = exported.filter((name) => !names.has(name))
  if (hidden.length === 0) return []
  return [
    `${file}: exports ${list(hidden)}, not in the interface file, so no host can call ` +
      `${hidden.length === 1 ? 'it' : 'them'}: declare ${hidden.length === 1 ? 'it' : 'them'} in ` +
      'module "main", or do not export',
  ]
}

function list(names: readonly string[]): string {
  return [...names].sort().join(', ')
}
