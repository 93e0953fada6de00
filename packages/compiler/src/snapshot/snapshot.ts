import { loadEngine } from '@extism-ws/engine'
import { EwsError, guestLimits } from '@extism-ws/protocol'
import { decodeModule, encodeModule, snapshot } from '@extism-ws/wasm'

import type { Bundle } from '../bundle/bundle.js'
import { fromHere } from '../bundle/place.js'
import { linkExports } from '../link/export.js'
import { checkExports } from '../interface/check.js'
import type { PluginInterface } from '../interface/interface.js'
import { linkHostFunctions, type HostFunction } from '../link/host-function.js'
import { load, type BuildLine } from './load.js'

const pageBytes = 65_536

/** A plugin, ready to be written. */
export interface Snapshot {
  readonly wasm: Uint8Array
  readonly exports: readonly string[]
  readonly lines: readonly BuildLine[]
  /** What the interface file and the entry do not agree on, and it is no error. */
  readonly warnings: readonly string[]
}

interface LoadedEngine {
  readonly wasm: Uint8Array
  readonly compiled: WebAssembly.Module
}

let engine: Promise<LoadedEngine> | undefined

/**
 * Loads a bundle in an engine that runs here, and writes the engine back with it as a module.
 *
 * @param declared the interface file; without one, every function of the entry is exported.
 * @throws {EwsError} `EWS_BUILD` when the code throws while it is loaded, exports no function, or
 *   not those that are declared.
 */
export async function makeSnapshot(
  bundle: Bundle,
  functions: readonly HostFunction[],
  declared?: PluginInterface,
): Promise<Snapshot> {
  engine ??= openEngine()
  const { wasm, compiled } = await engine
  const module = decodeModule(wasm)
  const slots = linkHostFunctions(module, functions)
  const names = declared?.exports.map(({ name }) => name)
  const { instance, exports, exported, lines } = load(compiled, bundle, slots, names)
  const warnings =
    declared === undefined ? [] : checkExports(declared.exports, exported, bundle.entry)
  snapshot(module, instance.state())
  linkExports(module, exports, fromHere(bundle.entry))
  const [memory] = module.memories
  if (memory === undefined) throw new EwsError('EWS_INTERNAL', 'the engine has no memory')
  module.memories = [{ min: memory.min, max: guestLimits.memoryBytes / pageBytes }]
  return { wasm: encodeModule(module), exports, lines, warnings }
}

async function openEngine(): Promise<LoadedEngine> {
  const wasm = await loadEngine()
  return { wasm, compiled: await WebAssembly.compile(wasm as BufferSource) }
}
