import { loadBase, loadEngine, loadGlobal, loadSocketNatives } from '@extism-ws/engine'
import { directFunctions, EwsError, guestLimits } from '@extism-ws/protocol'
import { decodeModule, encodeModule, snapshot } from '@extism-ws/wasm'

import type { Bundle } from '../bundle/bundle.js'
import { fromHere } from '../bundle/place.js'
import { linkExports } from '../link/export.js'
import type { ExportType } from '../link/export-body.js'
import { checkExports } from '../interface/check.js'
import type { PluginInterface } from '../interface/interface.js'
import { extismFunctions } from '../link/extism-function.js'
import { linkHostFunctions, type HostFunction } from '../link/host-function.js'
import { load, type BuildLine } from './load.js'
import { reachedGlobals } from './reach.js'

const pageBytes = 65_536

/** A plugin, ready to be written. */
export interface Snapshot {
  readonly wasm: Uint8Array
  readonly exports: readonly string[]
  readonly lines: readonly BuildLine[]
  /** What the interface file and the entry do not agree on, and what the top level should not read. */
  readonly warnings: readonly string[]
}

let engine: Promise<WebAssembly.Module> | undefined
let socketNatives: Promise<ReadonlyMap<string, number>> | undefined
/** What becomes the plugin, with sockets and without. */
const bases = new Map<boolean, Promise<Uint8Array>>()
const globals = new Map<string, Promise<Uint8Array>>()

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
  timeLimitMs: number,
  declared?: PluginInterface,
): Promise<Snapshot> {
  engine ??= openEngine()
  const compiled = await engine
  const hasSockets = functions.some(({ name }) => name in directFunctions)
  const module = decodeModule(await base(hasSockets))
  const natives = hasSockets ? await (socketNatives ??= loadSocketNatives()) : new Map()
  const reached = await reachedGlobals(bundle.code)
  const slots = linkHostFunctions(module, [...functions, ...extismFunctions(reached)])
  const linked = { own: slots.slice(0, functions.length), extism: slots.slice(functions.length) }
  const scripts = await Promise.all(reached.map(({ name }) => global(name)))
  const types = declared && exportTypes(declared)
  const loaded = load(compiled, natives, scripts, bundle, linked, types, timeLimitMs)
  const { instance, exports, exported, lines } = loaded
  const atOdds =
    declared === undefined ? [] : checkExports(declared.exports, exported, bundle.entry)
  instance.seal()
  snapshot(module, instance.state())
  linkExports(module, exports, fromHere(bundle.entry), types)
  const [memory] = module.memories
  if (memory === undefined) throw new EwsError('EWS_INTERNAL', 'the engine has no memory')
  module.memories = [{ min: memory.min, max: guestLimits.memoryBytes / pageBytes }]
  return { wasm: encodeModule(module), exports, lines, warnings: [...loaded.warnings, ...atOdds] }
}

function exportTypes({ exports }: PluginInterface): ReadonlyMap<string, ExportType> {
  return new Map(exports.map(({ name, params, result }) => [name, { params, result }]))
}

function global(name: string): Promise<Uint8Array> {
  const known = globals.get(name) ?? loadGlobal(name)
  globals.set(name, known)
  return known
}

function base(sockets: boolean): Promise<Uint8Array> {
  const known = bases.get(sockets) ?? loadBase(sockets)
  bases.set(sockets, known)
  return known
}

async function openEngine(): Promise<WebAssembly.Module> {
  return WebAssembly.compile((await loadEngine()) as BufferSource)
}
