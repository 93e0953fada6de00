import { guestLimits } from '@extism-ws/protocol'

import { FunctionRunner } from './bridge/function-runner.js'
import type { ExtismSdk } from './bridge/sdk.js'
import { Guest } from './guest/guest.js'
import { localBlueprint } from './guest/local-blueprint.js'
import { defaultRestart, RestartBudget } from './guest/restart-budget.js'
import type { Blueprint } from './guest/supervisor.js'
import { withDefaults } from './limits.js'
import type { Log } from './log.js'
import { checkName, nameOf } from './metrics/plugin-name.js'
import { chooseMode } from './mode/choose.js'
import type { SdkSettings } from './module/instantiate.js'
import { findSdk } from './module/installed-sdk.js'
import { loadPlugin, type LoadedPlugin } from './module/loaded-plugin.js'
import type { ManifestLike } from './module/manifest.js'
import { checkBound, defaultFunctionTimeoutMs, type PluginOptions } from './options.js'
import { Plugin } from './plugin.js'
import { sessionParts, type SessionParts } from './session-parts.js'
import { workerBlueprint } from './worker/blueprint.js'

/**
 * Creates a plugin with WebSockets, HTTP and an event loop.
 *
 * @param manifest a path, a URL, the bytes of a module, or an Extism manifest.
 * @throws {EwsError} `EWS_BAD_MODULE` when the module cannot be loaded within its limits,
 *   `EWS_UNSUPPORTED` when it speaks another version of the ABI, or the mode is not possible here.
 * @throws {TypeError} for options that contradict themselves, and malformed patterns and hosts.
 */
export async function createPlugin(
  manifest: ManifestLike,
  options: PluginOptions = {},
): Promise<Plugin> {
  const memoryBytes = checkBound('memoryBytes', options.memoryBytes ?? guestLimits.memoryBytes)
  checkBound('functionTimeoutMs', options.functionTimeoutMs ?? defaultFunctionTimeoutMs)
  const budget = budgetOf(options)
  const name = options.name === undefined ? nameOf(manifest) : checkName(options.name)
  const loaded = await loadPlugin(manifest, memoryBytes, options.sourceMap)
  // Only where it is needed here: a worker has its own.
  const sdk = (): Promise<ExtismSdk> => findSdk(options.extism)
  const waits = loaded.waits || hasAsyncFunction(options)
  const mode = await chooseMode(options.mode ?? 'event', sdk, { waits })
  // Extism knows more forms of globs: a module of another compiler has them for Extism's own HTTP only.
  const ours = loaded.attachable ? loaded.allowedHosts : []
  const parts = sessionParts(withAllowedHosts(options, ours), mode, name)
  const blueprintOf = (plugin: LoadedPlugin): Promise<Blueprint> =>
    blueprint(plugin, parts, options, sdk)
  const first = await blueprintOf(loaded)
  parts.setFind(first.find)
  return new Plugin({
    ...parts,
    guest: new Guest(await first.build(), first.find),
    blueprint: first,
    blueprintFor: async (next) =>
      blueprintOf(await loadPlugin(next, memoryBytes, options.sourceMap)),
    budget,
  })
}

async function blueprint(
  loaded: LoadedPlugin,
  parts: SessionParts,
  options: PluginOptions,
  sdk: () => Promise<ExtismSdk>,
): Promise<Blueprint> {
  const sdkSettings: SdkSettings = {
    modules: loaded.modules,
    useWasi: loaded.foreign && options.useWasi !== false,
    config: { ...loaded.config, ...options.config },
    allowedPaths: options.allowedPaths,
    allowedHosts: loaded.usesExtismHttp ? hostsForSdk(loaded.allowedHosts, parts.log) : [],
  }
  const { functions = {}, functionTimeoutMs = defaultFunctionTimeoutMs } = options
  const runner = new FunctionRunner({
    waits: parts.mode !== 'event',
    timeoutMs: functionTimeoutMs,
    disposal: parts.session.disposal,
    types: loaded.resultTypes,
    log: parts.log,
  })
  const settings = { sdkSettings, functions, runner }
  if (parts.mode === 'worker') {
    return workerBlueprint(loaded, parts, { ...settings, sdk: options.extism })
  }
  return localBlueprint(loaded, parts, { ...settings, sdk: await sdk() })
}

/** @throws {TypeError} for a budget that is no positive, finite number. */
function budgetOf({ restart = {} }: PluginOptions): RestartBudget | undefined {
  if (restart === false) return undefined
  return new RestartBudget(withDefaults('restart', { ...defaultRestart }, restart))
}

/** What the integrator allows, and what the manifest does. */
function withAllowedHosts(options: PluginOptions, hosts: readonly string[]): PluginOptions {
  const { sockets, http } = options
  return {
    ...options,
    sockets: { ...sockets, allowedHosts: [...(sockets?.allowedHosts ?? []), ...hosts] },
    http: { ...http, allowedHosts: [...(http?.allowedHosts ?? []), ...hosts] },
  }
}

function hasAsyncFunction({ functions = {} }: PluginOptions): boolean {
  return Object.values(functions).some((space) =>
    Object.values(space).some((run) => run.constructor.name === 'AsyncFunction'),
  )
}

/**
 * The hosts for Extism's own HTTP. Without JSPI there is none on this thread: SDK 2 refuses to load a
 * plugin with such a list, and SDK 1 does not look at it.
 */
function hostsForSdk(allowedHosts: readonly string[], log: Log): readonly string[] {
  if (allowedHosts.length === 0 || 'Suspending' in WebAssembly) return allowedHosts
  log.warn(
    "the module uses Extism's http_request, which needs a Node with JSPI (24.20 or newer) " +
      "and SDK 2; here it fails, and the manifest's allowedHosts mean nothing",
  )
  return []
}
