import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { vi } from 'vitest'

/** The smallest Wasm module. */
const empty = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** Reports what it was called with, then does as `ending` says. */
const program = (ending: string): string => `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs')
const [script, flag, declarations, dash, output, ...rest] = process.argv.slice(2)
writeFileSync(${JSON.stringify('REPORT')}, JSON.stringify({
  flags: [flag, dash, ...rest],
  files: [script, declarations, output],
  script: readFileSync(script, 'utf8'),
  declarations: readFileSync(declarations, 'utf8'),
}))
${ending}
`

export const writesPlugin = `writeFileSync(output, Buffer.from(${JSON.stringify(empty)}))`

/** What the command was called with. */
export interface Report {
  readonly flags: readonly string[]
  readonly files: readonly string[]
  readonly script: string
  readonly declarations: string
}

/**
 * Puts an `extism-js` on the PATH until the end of the test.
 *
 * @returns the file in which it reports its call.
 */
export async function fakeExtismJs(folder: string, ending: string): Promise<string> {
  const report = join(folder, 'report.json')
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const command = join(bin, 'extism-js')
  await writeFile(command, program(ending).replace('"REPORT"', JSON.stringify(report)))
  await chmod(command, 0o755)
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`)
  return report
}
