import { loadEngine, loadGlobal } from '@extism-ws/engine'
import { EwsError, guestLimits } from '@extism-ws/protocol'
import { decodeModule, encodeModule, snapshot } from '@extism-ws/wasm'

import type { Bundle } from '../bundle/bundle.js'
import { fromHere } from '../bundle/place.js'
import { linkExports } from '../link/export.js'
import { linkHostFunctions } from '../link/host-function.js'
import { load, type BuildLine } from './load.js'
import { reachedGlobals } from './reach.js'

const pageBytes = 65_536

/** A plugin, ready to be written. */
export interface Snapshot {
  readonly wasm: Uint8Array
  readonly exports: readonly string[]
  readonly lines: readonly BuildLine[]
  readonly warnings: readonly string[]
}

interface LoadedEngine {
  readonly wasm: Uint8Array
  readonly compiled: WebAssembly.Module
}

let engine: Promise<LoadedEngine> | undefined
const globals = new Map<string, Promise<Uint8Array>>()

/**
 * Loads a bundle in an engine that runs here, and writes the engine back with it as a module.
 *
 * @throws {EwsError} `EWS_BUILD` when the code throws while it is loaded, or exports no function.
 */
export async function makeSnapshot(bundle: Bundle): Promise<Snapshot> {
  engine ??= openEngine()
  const { wasm, compiled } = await engine
  const module = decodeModule(wasm)
  const slots = linkHostFunctions(module, bundle.hostFunctions)
  const reached = await reachedGlobals(bundle.code)
  const scripts = await Promise.all(reached.map(({ name }) => global(name)))
  const { instance, exports, lines, warnings } = load(compiled, scripts, bundle, slots)
  instance.seal()
  snapshot(module, instance.state())
  linkExports(module, exports, fromHere(bundle.entry))
  const [memory] = module.memories
  if (memory === undefined) throw new EwsError('EWS_INTERNAL', 'the engine has no memory')
  module.memories = [{ min: memory.min, max: guestLimits.memoryBytes / pageBytes }]
  return { wasm: encodeModule(module), exports, lines, warnings }
}

function global(name: string): Promise<Uint8Array> {
  const known = globals.get(name) ?? loadGlobal(name)
  globals.set(name, known)
  return known
}

async function openEngine(): Promise<LoadedEngine> {
  const wasm = await loadEngine()
  return { wasm, compiled: await WebAssembly.compile(wasm as BufferSource) }
}
