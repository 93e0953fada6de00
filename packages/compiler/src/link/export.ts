import { EwsError, guestExports } from '@extism-ws/protocol'
import {
  appendFunction,
  call,
  exportFunction,
  functionBody,
  i32Const,
  keepExports,
  op,
  ValueType,
  type Module,
} from '@extism-ws/wasm'

/** Names that mean something to an Extism host or to WASI. */
const reserved = new Set(['memory', '_initialize', '_start', 'hs_init', '__wasm_call_ctors'])
const entryPoint = 'ews_call'

/**
 * Exports the author's functions: each is a shim that calls the engine with the function's index.
 * What only the build needs is no longer exported.
 *
 * @param file the entry file, for messages.
 * @throws {EwsError} `EWS_BUILD` for no function at all, and for a name that is reserved.
 */
export function linkExports(module: Module, names: readonly string[], file: string): void {
  if (names.length === 0) {
    throw new EwsError(
      'EWS_BUILD',
      `${file}: exports no function, so a host could call nothing: ` +
        'write `export function run() { … }` or `export async function run() { … }`',
    )
  }
  const entry = module.exports.find(({ name }) => name === entryPoint)?.index
  if (entry === undefined) throw new EwsError('EWS_INTERNAL', `the engine has no ${entryPoint}`)
  keepExports(module, (name) => name === 'memory' || Object.hasOwn(guestExports, name))
  names.forEach((name, index) => {
    if (reserved.has(name) || Object.hasOwn(guestExports, name)) {
      throw new EwsError(
        'EWS_BUILD',
        `${file}: the export name "${name}" is reserved: rename the function`,
      )
    }
    const body = functionBody([], i32Const(index), call(entry), op.end)
    const shim = appendFunction(module, { params: [], results: [ValueType.i32] }, body)
    exportFunction(module, name, shim)
  })
}
