import { EwsError, guestLimits } from '@extism-ws/protocol'

import type { RawPlugin } from './bridge/sdk.js'
import type { Logger } from './logger.js'
import { extismHttpFunctions, extismHttpNames, extismHttpNamespace } from './module/extism-http.js'
import { loadManifest, type ManifestLike } from './module/manifest.js'
import { prepareModule } from './module/prepare.js'
import { wasiFunctions, wasiNamespace } from './module/wasi.js'
import { checkBound, type ExtismSdk, type PluginOptions } from './options.js'
import type { Plugin } from './plugin.js'
import { withSockets } from './with-sockets.js'

/**
 * Creates a plugin with WebSockets, HTTP and an event loop.
 *
 * @param manifest a path, a URL, the bytes of a module, or an Extism manifest.
 * @throws {EwsError} `EWS_BAD_MODULE` when the module cannot be loaded within its limits,
 *   `EWS_UNSUPPORTED` when it speaks another version of the ABI.
 * @throws {TypeError} for options that contradict themselves, and malformed patterns and hosts.
 */
export async function createPlugin(
  manifest: ManifestLike,
  options: PluginOptions = {},
): Promise<Plugin> {
  const memoryBytes = checkBound('memoryBytes', options.memoryBytes ?? guestLimits.memoryBytes)
  const { modules, config, allowedHosts } = await loadManifest(manifest)
  const named = modules.findIndex(({ name }) => name === 'main')
  const main = named === -1 ? modules.length - 1 : named
  const path = modules[main]?.path
  const sourceMap = options.sourceMap ?? (path === undefined ? undefined : `${path}.map`)
  const prepared = await Promise.all(modules.map(({ bytes }) => prepareModule(bytes, memoryBytes)))
  const foreign = prepared.some(({ attachable }) => !attachable)
  // A module of another compiler never gets to our HTTP, and Extism knows more forms of globs.
  const ours = prepared[main]?.attachable === true ? allowedHosts : []
  const support = withSockets({
    ...options,
    http: { ...options.http, allowedHosts: [...(options.http?.allowedHosts ?? []), ...ours] },
    ...(sourceMap === undefined ? {} : { sourceMap }),
  })
  const usesExtismHttp = prepared.some((module) => module.usesExtismHttp)
  const theirs = usesExtismHttp ? hostsForSdk(allowedHosts, support.logger) : []
  const wasm = prepared.map(({ compiled: module }, i) => {
    const name = modules[i]?.name
    return name === undefined ? { module } : { module, name }
  })
  const { createPlugin: create } = options.extism ?? (await installedSdk())
  const functions = mergeFunctions(support.functions, {
    [wasiNamespace]: wasiFunctions(support.memory, support.logger),
    [extismHttpNamespace]: extismHttpFunctions,
    ...options.functions,
  })
  let raw: RawPlugin
  try {
    raw = await create(
      { wasm } as never,
      {
        // WASI of the SDK only for modules that are not ours: it holds two file descriptors.
        useWasi: foreign && options.useWasi !== false,
        functions,
        config: { ...config, ...options.config },
        logger: support.logger,
        logLevel: 'trace',
        ...(theirs.length === 0 ? {} : { allowedHosts: theirs }),
        ...(options.allowedPaths === undefined ? {} : { allowedPaths: options.allowedPaths }),
      } as never,
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EwsError('EWS_BAD_MODULE', `Extism cannot instantiate the module: ${why}`, { cause })
  }
  return support.attach(raw, modules[main]?.name ?? String(main))
}

/**
 * The hosts for Extism's own HTTP. Without JSPI there is none on this thread: SDK 2 refuses to load a
 * plugin with such a list, and SDK 1 does not look at it.
 */
function hostsForSdk(allowedHosts: readonly string[], logger: Logger): readonly string[] {
  if (allowedHosts.length === 0 || 'Suspending' in WebAssembly) return allowedHosts
  logger.warn(
    "extism-ws: the module uses Extism's http_request, which needs a Node with JSPI (24.20 or newer) " +
      "and SDK 2; here it fails, and the manifest's allowedHosts mean nothing",
  )
  return []
}

type Functions = NonNullable<PluginOptions['functions']>

/** @throws {TypeError} when an integrator's function has the name of one of ours. */
function mergeFunctions(ours: Functions, theirs: Functions): Functions {
  const merged: Record<string, Functions[string]> = { ...ours }
  for (const [space, functions] of Object.entries(theirs)) {
    // What only stands in for a function that an SDK lacks may be replaced.
    const taken = Object.keys(functions).find(
      (name) => Object.hasOwn(ours[space] ?? {}, name) && !extismHttpNames.has(name),
    )
    if (taken !== undefined) {
      throw new TypeError(`functions: "${space}" "${taken}" is a host function of @extism-ws/host`)
    }
    merged[space] = { ...merged[space], ...functions }
  }
  return merged
}

async function installedSdk(): Promise<ExtismSdk> {
  try {
    return (await import('@extism/extism')) as unknown as ExtismSdk
  } catch (cause) {
    throw new EwsError(
      'EWS_UNSUPPORTED',
      '@extism/extism is not installed: npm install @extism/extism',
      { cause },
    )
  }
}
