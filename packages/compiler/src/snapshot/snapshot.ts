import { loadBase, loadEngine, loadGlobal } from '@extism-ws/engine'
import { EwsError, guestLimits } from '@extism-ws/protocol'
import { decodeModule, encodeModule, snapshot } from '@extism-ws/wasm'

import type { Bundle } from '../bundle/bundle.js'
import { fromHere } from '../bundle/place.js'
import { linkExports } from '../link/export.js'
import type { ExportType } from '../link/export-body.js'
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
  /** What becomes the plugin. */
  readonly base: Uint8Array
  readonly compiled: WebAssembly.Module
}

let engine: Promise<LoadedEngine> | undefined
const globals = new Map<string, Promise<Uint8Array>>()

/**
 * Loads a bundle in an engine that runs here, and writes the engine back with it as a module.
 *
 * @throws {EwsError} `EWS_BUILD` when the code throws while it is loaded, or exports no function.
 */
export async function makeSnapshot(
  bundle: Bundle,
  types: ReadonlyMap<string, ExportType> = new Map(),
): Promise<Snapshot> {
  engine ??= openEngine()
  const { base, compiled } = await engine
  const module = decodeModule(base)
  const slots = linkHostFunctions(module, bundle.hostFunctions)
  const scripts = await Promise.all(reachedGlobals(bundle.code).map(({ name }) => global(name)))
  const { instance, exports, lines, warnings } = load(compiled, scripts, bundle, slots, types)
  instance.seal()
  snapshot(module, instance.state())
  linkExports(module, exports, fromHere(bundle.entry), types)
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
  const [base, wasm] = await Promise.all([loadBase(), loadEngine()])
  return { base, compiled: await WebAssembly.compile(wasm as BufferSource) }
}
