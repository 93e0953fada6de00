import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  connectionExport,
  directFunctions,
  portableFunctions,
  restartExport,
  scriptName,
  type Signature,
} from '@extism-ws/protocol'
import { build, type BuildOptions, type Metafile } from 'esbuild'

import { bundleError, describe } from './diagnostic.js'
import { GlobalObject } from './global-object.js'
import { GuestLibrary } from './guest-library.js'
import { ImportChains } from './import-chain.js'
import { withoutModuleNames } from './module-name.js'
import { moduleSizes, type ModuleSize } from './module-size.js'
import { asScript, isScriptInModule } from './script-entry.js'
import { nodeShims } from './node-shim.js'
import { PackageGlobals } from './package-global.js'
import { seenFiles } from './seen-file.js'
import { sortOut, unbundled } from './unbundled.js'

/** A bundle, and what it needs of the host. */
export interface Bundle {
  /** Absolute path of the entry file. */
  readonly entry: string
  /** The author's project, absolute: the map's sources are relative to it. */
  readonly folder: string
  /** Where the guest library is, absolute; undefined in a project that does not have it. */
  readonly guestFolder: string | undefined
  /** One script, which leaves the entry module's exports in the global `moduleVariable`. */
  readonly code: string
  /** Source map of `code`, as JSON. */
  readonly map: string
  /** The socket host functions that the bundle calls. */
  readonly hostFunctions: ReadonlyMap<string, Signature>
  /** What esbuild had to say, readable. */
  readonly warnings: readonly string[]
  /** What each file has in `code`. */
  readonly modules: readonly ModuleSize[]
}

export interface BundleOptions {
  readonly portable: boolean
  readonly minify?: boolean
  /** A CommonJS module as the official compiler reads it, instead of a script for our engine. */
  readonly official?: boolean
  /** A module to bundle instead of the entry file, in whose folder it stands. */
  readonly wrapper?: string
  /**
   * Names of the functions that the plugin exports, as far as they are known: by some of them the host gives
   * it sockets, and what the guest library has for that costs size.
   */
  readonly exports?: readonly string[]
  /** Takes the absolute path of every file that is read, also when the build then fails. */
  readonly seen?: Set<string>
}

export const moduleVariable = '__ews_module'

/** What js-pdk's README tells its users to pass to esbuild. */
const officialFormat = { format: 'cjs', target: 'es2020' } as const

/**
 * Bundles an entry file with everything it imports, for the engine.
 *
 * @param entry absolute, and not a symbolic link: paths in the bundle are relative to its project,
 *   so that nothing of this machine gets into a plugin.
 * @throws {EwsError} `EWS_BUILD` with the author's file, line and column.
 */
export async function bundle(entry: string, options: BundleOptions): Promise<Bundle> {
  const { wrapper } = options
  if (wrapper === undefined) return bundleAs({ entryPoints: [entry] }, entry, options)
  const stdin = { contents: wrapper, resolveDir: dirname(entry), loader: 'js' } as const
  return bundleAs({ stdin }, entry, options)
}

/**
 * @param input the entry file, or what stands in for it.
 * @param inject files besides the guest library's whose exports free names are.
 * @param waits whether there are sockets of `sync` whose messages a codec makes values of.
 */
async function bundleAs(
  input: Pick<BuildOptions, 'entryPoints' | 'stdin'>,
  entry: string,
  options: BundleOptions,
  inject: readonly string[] = [],
  waits = false,
): Promise<Bundle> {
  const layer = options.portable ? 'extism-ws-portable' : 'extism-ws-direct'
  const folder = projectFolder(entry)
  const exported = new Set(options.exports)
  // A wrapper has it behind the event loop that it brings along, which is looked for at once.
  const accepts = options.wrapper === undefined && exported.has(connectionExport)
  const guest = new GuestLibrary(entry, accepts)
  const globals = new PackageGlobals()
  const globalObject = new GlobalObject()
  const chains = new ImportChains(entry)
  try {
    const {
      outputFiles,
      metafile,
      warnings: messages,
    } = await build({
      absWorkingDir: folder,
      ...input,
      outfile: scriptName,
      bundle: true,
      write: false,
      // Nothing is written: the author's file may have the bundle's name.
      allowOverwrite: true,
      metafile: true,
      format: 'iife',
      globalName: moduleVariable,
      inject: [...guest.inject, ...inject],
      plugins: [
        guest.plugin,
        seenFiles(options.seen),
        globals.plugin,
        globalObject.plugin,
        nodeShims,
        chains.plugin,
      ],
      // Also for the `browser` maps in package.json, by which packages do without Node's modules.
      platform: 'browser',
      mainFields: ['browser', 'module', 'main'],
      conditions: [
        ...['browser', 'module', layer],
        // By which packages know our engine, whose globals the official one does not have.
        ...(options.official === true ? [] : ['extism-ws-engine']),
        ...(exported.has(restartExport) ? ['extism-ws-restart'] : []),
        ...(waits ? [] : ['extism-ws-no-sync']),
      ],
      // Packages for browsers count on their bundler for this one.
      define: { 'process.env.NODE_ENV': '"production"' },
      // The engine knows ES2023, but not `using`; esbuild lowers that for every target below esnext.
      target: 'es2023',
      sourcemap: 'external',
      // The engine counts columns in bytes, source maps in UTF-16 units: in ASCII they are the same.
      charset: 'ascii',
      legalComments: 'none',
      logLevel: 'silent',
      logOverride: unbundled,
      minify: options.minify === true,
      ...(options.official === true ? officialFormat : {}),
    })
    if ((globals.needed || globalObject.needed) && inject.length === 0) {
      return await bundleAs(input, entry, options, [PackageGlobals.inject], waits)
    }
    if (!waits && ['#sync-bridge', '#sync-values'].every((name) => isBundled(name, metafile))) {
      return await bundleAs(input, entry, options, inject, true)
    }
    if (input.stdin === undefined && isScriptInModule(messages, entry, folder)) {
      const stdin = await asScript(entry, folder)
      return await bundleAs({ stdin }, entry, options)
    }
    const { errors, warnings } = sortOut(messages)
    if (errors.length > 0) throw Object.assign(new Error('not bundled'), { errors })
    const output = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
    const code = withoutModuleNames(output)
    return {
      entry,
      folder,
      guestFolder: guest.folder,
      code,
      map: outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '{}',
      hostFunctions: usedHostFunctions(code, metafile, options.portable),
      warnings: warnings.map((message) => describe(message, folder)),
      modules: moduleSizes(metafile, folder),
    }
  } catch (error) {
    throw bundleError(error, folder, await chains.find(error))
  }
}

/** Whether a bundle differs when it is known that the plugin exports these functions. */
export function matters(exports: readonly string[]): boolean {
  return exports.includes(restartExport) || exports.includes(connectionExport)
}

/** The nearest folder with a package.json, or the entry's own. */
function projectFolder(entry: string): string {
  const start = dirname(entry)
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return start
  }
}

/** A plugin that does not use sockets must load anywhere: it imports nothing that it does not call. */
function usedHostFunctions(
  code: string,
  metafile: Metafile,
  portable: boolean,
): Map<string, Signature> {
  const inOutput = isBundled('#bridge', metafile)
  const functions: Record<string, Signature> = portable ? portableFunctions : directFunctions
  return new Map(
    Object.entries(functions).filter(([name]) => inOutput && code.includes(`"${name}"`)),
  )
}

/** Whether something of what a name of the guest library's own stands for is in the output. */
function isBundled(name: string, { inputs, outputs }: Metafile): boolean {
  const paths = Object.values(inputs)
    .flatMap(({ imports }) => imports)
    .filter(({ original }) => original === name)
    .map(({ path }) => path)
  return Object.values(outputs).some((output) =>
    paths.some((path) => (output.inputs[path]?.bytesInOutput ?? 0) > 0),
  )
}
