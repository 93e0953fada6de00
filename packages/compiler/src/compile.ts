import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EwsError, namespace } from '@extism-ws/protocol'

import { bundle, matters, type Bundle } from './bundle/bundle.js'
import type { ModuleSize } from './bundle/module-size.js'
import type { PluginInterface } from './interface/interface.js'
import type { HostFunction } from './link/host-function.js'
import { compileOfficially } from './official/compile.js'
import type { BuildLine } from './snapshot/load.js'
import { makeSnapshot, type Snapshot } from './snapshot/snapshot.js'

/** What runs the author's code: QuickJS-ng as this toolkit builds it, or the official compiler's. */
export type Engine = 'extism-ws' | 'extism-js'

export interface CompileOptions {
  /**
   * The entry file: its exported functions become the plugin's exports. Relative paths start at the
   * working directory.
   */
  readonly entry: string
  /**
   * An interface file as js-pdk has it (`plugin.d.ts`): exactly the functions of its module "main"
   * become exports, and those of "extism:host" are imported. Default: none, the entry's own exports
   * say enough.
   */
  readonly interface?: string
  /**
   * Whether the plugin uses nothing but the public js-pdk API to reach the host, so that it also
   * runs where the host cannot see its memory. Default: false.
   */
  readonly portable?: boolean
  /** Whether the code is made smaller: names in stacks become short. Default: false. */
  readonly minify?: boolean
  /**
   * `extism-js` calls the official compiler, which must be on the PATH, and implies `portable`.
   * Experimental. Default: `extism-ws`, which needs nothing.
   */
  readonly engine?: Engine
  /**
   * Longest time of the top level, which runs while the plugin is built, in milliseconds.
   * Default: 10,000.
   */
  readonly timeLimitMs?: number
}

const defaultTimeLimitMs = 10_000

export interface CompiledPlugin {
  /** The plugin. */
  readonly wasm: Uint8Array
  /**
   * Source map (JSON) from the bundle to the author's files, to lie beside the plugin. Its paths
   * are relative to the author's project: the nearest folder with a package.json, or the entry's.
   */
  readonly map: string
  /** Exported functions, sorted. */
  readonly exports: readonly string[]
  /** Host functions that the plugin imports: those of sockets, then the integrator's own. */
  readonly imports: readonly string[]
  /** What the author's code printed while it was loaded: the top level runs at build time. */
  readonly lines: readonly BuildLine[]
  /**
   * What is odd, but no error, with its place in the author's files where it has one. Among it what
   * the top level read that every instance will now share.
   */
  readonly warnings: readonly string[]
  /** How much of the bundle comes from each file, largest first. */
  readonly modules: readonly ModuleSize[]
}

/**
 * Compiles TypeScript or JavaScript to an Extism plugin, in this process.
 *
 * @throws {EwsError} `EWS_BUILD`: the message has the author's file, line and column.
 */
export async function compile(options: CompileOptions): Promise<CompiledPlugin> {
  return compileFiles(options)
}

/** @param seen takes the absolute path of every file that is read, also of a build that fails. */
export async function compileFiles(
  options: CompileOptions,
  seen?: Set<string>,
): Promise<CompiledPlugin> {
  const { engine = 'extism-ws', portable = false, minify = false } = options
  const { timeLimitMs = defaultTimeLimitMs } = options
  if (engine !== 'extism-ws' && engine !== 'extism-js') {
    throw new EwsError(
      'EWS_BUILD',
      `there is no engine "${String(engine)}": choose extism-ws (the default) or extism-js`,
    )
  }
  seen?.add(resolve(options.entry))
  if (options.interface !== undefined) seen?.add(resolve(options.interface))
  const entry = await entryFile(options.entry)
  const declared = await readDeclarations(options.interface)
  const official = engine === 'extism-js'
  const bundling = {
    portable: portable || official,
    minify,
    ...(seen === undefined ? {} : { seen }),
  }
  const build = async (known?: readonly string[]): Promise<Built> => {
    const bundled = await bundle(
      entry,
      known === undefined ? bundling : { ...bundling, exports: known },
    )
    const functions = hostFunctions(bundled, declared)
    const plugin = await makeSnapshot(bundled, functions, timeLimitMs, declared)
    // What a plugin exports is known for certain when it was loaded, and not before.
    if (known === undefined && matters(plugin.exports)) return await build(plugin.exports)
    return { bundled, functions, plugin }
  }
  const { bundled, functions, plugin } = await build()
  const { exports, lines } = plugin
  const wasm = official
    ? await compileOfficially(entry, { minify, exports, functions, declared })
    : plugin.wasm
  return {
    wasm,
    map: bundled.map,
    exports,
    imports: functions.map(({ name }) => name),
    lines,
    warnings: [...bundled.warnings, ...plugin.warnings],
    modules: bundled.modules,
  }
}

interface Built {
  readonly bundled: Bundle
  readonly functions: readonly HostFunction[]
  readonly plugin: Snapshot
}

async function readDeclarations(file: string | undefined): Promise<PluginInterface | undefined> {
  if (file === undefined) return undefined
  // Its parser is large: who has no interface file need not wait for it.
  const { readInterface } = await import('./interface/read.js')
  return readInterface(file)
}

function hostFunctions(bundled: Bundle, declared: PluginInterface | undefined): HostFunction[] {
  const ours = [...bundled.hostFunctions].map(([name, signature]) => ({
    namespace,
    name,
    signature,
  }))
  return [...ours, ...(declared?.imports ?? [])]
}

async function entryFile(entry: string): Promise<string> {
  const found = await stat(entry).catch((cause: unknown) => {
    const where = resolve(entry) === entry ? '' : ` (${resolve(entry)})`
    throw new EwsError('EWS_BUILD', `entry file not found: ${entry}${where}`, { cause })
  })
  if (found.isFile()) return realpath(entry)
  const what = found.isDirectory() ? 'a folder' : 'not a file'
  throw new EwsError('EWS_BUILD', `the entry must be a file, but ${entry} is ${what}`)
}
