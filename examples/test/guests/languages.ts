import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { inPackage } from '../program.js'

const run = promisify(execFile)

/** A plugin in a language that is not ours. */
export interface Language {
  readonly name: string
  /** Compiles the plugin, as the README says, to this file. */
  compile(file: string): Promise<void>
}

export const assemblyScript: Language = {
  name: 'AssemblyScript',
  async compile(file) {
    const bin = inPackage('node_modules/assemblyscript/bin/asc.js')
    const cwd = inPackage('guests/assemblyscript')
    await run(process.execPath, [bin, '--outFile', file], { cwd })
  },
}

export const c: Language = {
  name: 'C',
  async compile(file) {
    const cwd = inPackage('guests/c')
    await run('clang', ['@compile_flags.txt', 'plugin.c', '-o', file], { cwd })
  },
}
