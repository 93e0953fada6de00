import { EngineInstance, engineLimits, loadEngine } from '@extism-ws/engine'
import { decodeModule, encodeModule, snapshot } from '@extism-ws/wasm'
import { EwsError, scriptName } from '@extism-ws/protocol'

import type { Bundle } from '../bundle/bundle.js'
import { loadError } from '../bundle/diagnostic.js'
import { linkExports } from '../link/export.js'
import { linkHostFunctions } from '../link/host-function.js'

const pageBytes = 65_536
const linkScript = 'extism-ws:link'

/** A line that the author's code printed while it was loaded: 1 debug, 2 info, 3 warn, 4 error. */
export interface BuildLine {
  readonly level: number
  readonly text: string
}

/** A plugin, ready to be written. */
export interface Snapshot {
  readonly wasm: Uint8Array
  readonly exports: readonly string[]
  readonly lines: readonly BuildLine[]
}

interface LoadedEngine {
  readonly wasm: Uint8Array
  readonly compiled: WebAssembly.Module
}

let engine: Promise<LoadedEngine> | undefined

/**
 * Loads a bundle in an engine that runs here, and writes the engine back with it as a module.
 *
 * @throws {EwsError} `EWS_BUILD` when the code throws while it is loaded.
 */
export async function makeSnapshot(bundle: Bundle): Promise<Snapshot> {
  engine ??= openEngine()
  const { wasm, compiled } = await engine
  const module = decodeModule(wasm)
  const slots = linkHostFunctions(module, bundle.hostFunctions)
  // The linked module is not needed to evaluate the bundle: host functions cannot be called yet,
  // and the table slots of their adapters are known.
  const instance = EngineInstance.open(compiled)
  const parser = EngineInstance.open(compiled)
  const { exports, lines } = load(bundle, slots, instance, parser)
  const { memoryBytes, heapShare, stackBytes } = engineLimits
  instance.seal({ stackBytes, memoryBytes: memoryBytes * heapShare })
  snapshot(module, instance.state())
  linkExports(module, exports)
  const [memory] = module.memories
  if (memory === undefined) throw new EwsError('EWS_INTERNAL', 'the engine has no memory')
  module.memories = [{ min: memory.min, max: memoryBytes / pageBytes }]
  return { wasm: encodeModule(module), exports, lines }
}

function load(
  bundle: Bundle,
  slots: object,
  instance: EngineInstance,
  parser: EngineInstance,
): { exports: string[]; lines: BuildLine[] } {
  const link = `globalThis[Symbol.for("extism-ws.engine")].link(${JSON.stringify(slots)})`
  instance.evaluate(parser.compile(link, linkScript))
  try {
    const answer = instance.evaluate(parser.compile(bundle.code, scriptName))
    return JSON.parse(answer) as { exports: string[]; lines: BuildLine[] }
  } catch (error) {
    throw loadError(error, bundle.map)
  }
}

async function openEngine(): Promise<LoadedEngine> {
  const wasm = await loadEngine()
  return { wasm, compiled: await WebAssembly.compile(wasm as BufferSource) }
}
