import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

import { bundle } from '../bundle/bundle.js'
import { fromHere } from '../bundle/place.js'
import type { ExportDeclaration, PluginInterface } from '../interface/interface.js'
import { isSocketFunction, type HostFunction } from '../link/host-function.js'
import { interfaceFile, isDeclarable } from './declaration.js'
import { findCommand, officialCommand } from './find.js'
import { wrapperExports, wrapperOf } from './wrapper.js'

const notInstalled =
  `${officialCommand}, the official compiler of Extism's js-pdk, is not on the PATH: install it ` +
  'from the releases of github.com/extism/js-pdk, together with wasm-merge and wasm-opt of ' +
  'binaryen; or leave out --engine, the engine of extism-ws needs nothing'

interface Wanted {
  readonly minify: boolean
  /** Names of the functions that the plugin exports. */
  readonly exports: readonly string[]
  readonly functions: readonly HostFunction[]
  readonly declared: PluginInterface | undefined
}

/**
 * Compiles an entry file with the official compiler: the same source, as CommonJS, and an interface
 * file that says what it exports and which host functions it imports.
 *
 * @param entry absolute.
 * @throws {EwsError} `EWS_BUILD` when the compiler is not installed, or fails.
 */
export async function compileOfficially(entry: string, wanted: Wanted): Promise<Uint8Array> {
  const command = await findCommand(officialCommand)
  if (command === undefined) throw new EwsError('EWS_BUILD', notInstalled)
  const odd = wanted.exports.find((name) => !isDeclarable(name))
  if (odd !== undefined) {
    throw new EwsError(
      'EWS_BUILD',
      `${fromHere(entry)}: ${officialCommand} cannot export a function named "${odd}": ` +
        'give it a name that can be declared, `export function run() { … }`',
    )
  }
  const wrapped = wanted.functions.some(({ name }) => isSocketFunction(name))
  const { code } = await bundle(entry, {
    portable: true,
    minify: wanted.minify,
    official: true,
    exports: wanted.exports,
    ...(wrapped ? { wrapper: wrapperOf(entry, wanted.exports, wanted.declared?.exports) } : {}),
  })
  const exports = [...exportsOf(wanted), ...(wrapped ? wrapperExports : [])]
  const folder = await mkdtemp(join(tmpdir(), 'extism-ws-'))
  try {
    const script = join(folder, 'plugin.js')
    const declarations = join(folder, 'plugin.d.ts')
    const output = join(folder, 'plugin.wasm')
    await writeFile(script, code)
    await writeFile(declarations, interfaceFile(exports, wanted.functions))
    await run(command, [script, '-i', declarations, '-o', output], entry)
    return await readFile(output).catch((cause: unknown) => {
      throw new EwsError('EWS_BUILD', `${officialCommand} wrote no plugin, and no error either`, {
        cause,
      })
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function exportsOf({ exports, declared }: Wanted): readonly Omit<ExportDeclaration, 'place'>[] {
  return declared?.exports ?? exports.map((name) => ({ name, params: [], result: 'i32' as const }))
}

function run(command: string, args: readonly string[], entry: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], (cause, stdout, stderr) => {
      if (cause === null) return resolve()
      const said = [stderr, stdout].map((text) => text.trim()).filter((text) => text !== '')
      const why = said.length > 0 ? said.join('\n\n') : cause.message
      reject(
        new EwsError('EWS_BUILD', `${fromHere(entry)}: ${officialCommand} failed:\n\n${why}`, {
          cause,
        }),
      )
    })
  })
}
