import { EwsError, guestExports } from '@extism-ws/protocol'
import { appendFunction, exportFunction, keepExports, type Module } from '@extism-ws/wasm'

import { exportBody, exportFunctionType, plainExport, type ExportType } from './export-body.js'

/** Names that mean something to an Extism host or to WASI. */
const reserved = new Set(['memory', '_initialize', '_start', 'hs_init', '__wasm_call_ctors'])

/**
 * Exports the author's functions: each is a shim that calls the engine with the function's index.
 * What only the build needs is no longer exported.
 *
 * @param file the entry file, for messages.
 * @param types Wasm types of those that an interface file declares; the others are called without
 *   arguments and return an exit code.
 * @throws {EwsError} `EWS_BUILD` for no function at all, and for a name that is reserved.
 */
export function linkExports(
  module: Module,
  names: readonly string[],
  file: string,
  types: ReadonlyMap<string, ExportType> = new Map(),
): void {
  if (names.length === 0) {
    throw new EwsError(
      'EWS_BUILD',
      `${file}: exports no function, so a host could call nothing: ` +
        'write `export function run() { … }` or `export async function run() { … }`',
    )
  }
  const entry = {
    call: functionNamed(module, 'ews_call'),
    cells: functionNamed(module, 'ews_cells'),
  }
  keepExports(module, (name) => name === 'memory' || Object.hasOwn(guestExports, name))
  names.forEach((name, index) => {
    if (reserved.has(name) || Object.hasOwn(guestExports, name)) {
      throw new EwsError(
        'EWS_BUILD',
        `${file}: the export name "${name}" is reserved: rename the function`,
      )
    }
    const type = types.get(name) ?? plainExport
    const shim = appendFunction(module, exportFunctionType(type), exportBody(type, index, entry))
    exportFunction(module, name, shim)
  })
}

function functionNamed(module: Module, wanted: string): number {
  const found = module.exports.find(({ name, kind }) => name === wanted && kind === 'function')
  if (found === undefined) throw new EwsError('EWS_INTERNAL', `the engine has no ${wanted}`)
  return found.index
}
