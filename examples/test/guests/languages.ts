import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { inPackage } from '../program.js'

const run = promisify(execFile)

/** A plugin in a language that is not ours. */
export interface Language {
  /** Compiles the plugin, as the README says, to this file. */
  compile(file: string): Promise<void>
}

export const assemblyScript: Language = {
  async compile(file) {
    const bin = inPackage('node_modules/assemblyscript/bin/asc.js')
    const cwd = inPackage('guests/assemblyscript')
    await run(process.execPath, [bin, '--outFile', file], { cwd })
  },
}

export const c: Language = {
  compile: async (file) => compileC('plugin.c', file),
}

/** Compiles a file beside the headers of the plugin in C, or one that includes them. */
export async function compileC(source: string, file: string): Promise<void> {
  const cwd = inPackage('guests/c')
  await run('clang', ['@compile_flags.txt', '-I.', source, '-o', file], { cwd })
}
