import type { FindSource } from '@extism-ws/protocol'

import { loadManifest, type ManifestLike } from './manifest.js'
import { preparedModule } from './prepared-modules.js'
import { resultTypes, type ResultTypes } from './result-types.js'
import { readSourceMap } from './source-map.js'

/** A module of a plugin, compiled. It can be sent to another thread. */
export interface NamedModule {
  readonly module: WebAssembly.Module
  readonly name?: string
}

/** A plugin whose modules are compiled: any number of instances can be made of it. */
export interface LoadedPlugin {
  readonly modules: readonly NamedModule[]
  /** SDK 1 only: what `getInstance` must be asked for. */
  readonly main: string
  readonly config: Readonly<Record<string, string>>
  /** Extism's `allowedHosts` of the manifest. */
  readonly allowedHosts: readonly string[]
  /** Whether the main module was made by our compiler. */
  readonly attachable: boolean
  /** Whether some module was made by another compiler. */
  readonly foreign: boolean
  /** Whether some module wants Extism's own HTTP of the SDK. */
  readonly usesExtismHttp: boolean
  /** Whether it calls host functions that wait. */
  readonly waits: boolean
  readonly resultTypes: ResultTypes
  readonly find: FindSource | undefined
}

/**
 * Reads and compiles what a manifest names.
 *
 * @throws {EwsError} `EWS_BAD_MODULE` when a module cannot be loaded within its limits.
 */
export async function loadPlugin(
  manifest: ManifestLike,
  memoryBytes: number,
  sourceMap: string | undefined,
): Promise<LoadedPlugin> {
  const { modules, config, allowedHosts } = await loadManifest(manifest)
  const named = modules.findIndex(({ name }) => name === 'main')
  const main = named === -1 ? modules.length - 1 : named
  const path = modules[main]?.path
  const map = sourceMap ?? (path === undefined ? undefined : `${path}.map`)
  const prepared = await Promise.all(modules.map(({ bytes }) => preparedModule(bytes, memoryBytes)))
  return {
    modules: prepared.map(({ compiled: module }, i) => {
      const name = modules[i]?.name
      return name === undefined ? { module } : { module, name }
    }),
    main: modules[main]?.name ?? String(main),
    config,
    allowedHosts,
    attachable: prepared[main]?.attachable === true,
    foreign: prepared.some(({ attachable }) => !attachable),
    usesExtismHttp: prepared.some((module) => module.usesExtismHttp),
    waits: prepared.some((module) => module.waits),
    resultTypes: resultTypes(modules.map(({ bytes }) => bytes)),
    find: await readSourceMap(map),
  }
}
