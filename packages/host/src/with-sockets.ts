import { guestLimits, namespace, type FindSource } from '@extism-ws/protocol'

import { directLayer, GuestMemory } from './bridge/direct.js'
import { portableLayer } from './bridge/portable.js'
import type { HostFunctions, RawPlugin, SdkFunctions } from './bridge/sdk.js'
import { Guest } from './guest/guest.js'
import { HttpClient } from './http/client.js'
import { httpLimitsFrom } from './http/limits.js'
import { limitsFrom } from './limits.js'
import { levelLogger, type Logger } from './logger.js'
import { mappedLogger } from './mapped-logger.js'
import { readSourceMap } from './module/source-map.js'
import { checkBound, defaultTimeoutMs, type SessionOptions } from './options.js'
import { Plugin } from './plugin.js'
import { httpRequests, Policy } from './policy/index.js'
import { Session } from './session/session.js'
import { Variables } from './variables.js'

/** A session that waits for its plugin. One session serves one plugin. */
export interface SocketSupport {
  /** Host functions for the `functions` option of Extism's `createPlugin`. */
  readonly functions: SdkFunctions
  /** For its `logger` option: lines below `logLevel` are dropped. */
  readonly logger: Console
  /** @internal The guest's memory, for WASI functions. */
  readonly memory: GuestMemory
  /**
   * Takes the plugin over. From here on only the returned handle may be used.
   *
   * @param module SDK 1 only: the name of the main module. Default: the first of the manifest.
   * @throws {EwsError} `EWS_UNSUPPORTED` when the plugin speaks another version of the ABI.
   */
  attach(plugin: RawPlugin, module?: string): Promise<Plugin>
}

/**
 * The composable form of `createPlugin`, for those who call Extism's own.
 *
 * What `createPlugin` does and this cannot: give the module a memory maximum (Extism's
 * `memory.maxPages` does not bound linear memory), find the source map, see the manifest's
 * `allowedHosts`, pass its config to SDK 1.0.3. Set these yourself; `useWasi: true` is needed;
 * `runInWorker` must stay false (docs/hosting.md).
 */
export function withSockets(options: SessionOptions = {}): SocketSupport {
  const {
    sockets = {},
    http = {},
    timeoutMs = defaultTimeoutMs,
    memoryBytes = guestLimits.memoryBytes,
  } = options
  checkBound('timeoutMs', timeoutMs)
  checkBound('memoryBytes', memoryBytes)
  const logger = levelLogger(options.logger ?? console, options.logLevel ?? 'info')
  // Extism's `allowedHosts` are for HTTP, whatever else the options of sockets hold.
  const policy = new Policy({ ...sockets, allow: sockets.allow ?? [], allowedHosts: [] })
  const limits = limitsFrom(sockets)
  const session = new Session(policy, limits)
  const httpPolicy = new Policy({ ...http, allow: http.allow ?? [] }, undefined, httpRequests)
  const client = new HttpClient(httpPolicy, httpLimitsFrom(http), limits)
  const memory = new GuestMemory()
  const variables = new Variables((message) => logger.warn(`extism-ws: ${message}`))
  let taken = false
  let find: FindSource | undefined
  const functions: Record<string, HostFunctions> = {
    [namespace]: { ...portableLayer(session), ...directLayer(session, memory) },
    // SDK 1.0.3 has no `http_headers`, and plugins that import it would not load. The other functions
    // of HTTP stay the SDK's own: at this point nobody knows who made the module.
    'extism:host/env': { ...variables.functions, http_headers: () => 0n },
  }
  return {
    // Wasm gives every import the parameter types that it declares.
    functions: functions as SdkFunctions,
    logger: consoleOf(mappedLogger(logger, () => find)),
    memory,
    attach: async (raw, module) => {
      if (taken)
        throw new TypeError(
          'attach: this session has its plugin; call withSockets() for each plugin',
        )
      taken = true
      try {
        const instance = await raw.getInstance(module)
        const exported = instance.exports['memory']
        if (exported instanceof WebAssembly.Memory) memory.set(exported)
        find = await readSourceMap(options.sourceMap)
        const guest = await Guest.attach(raw, module, instance, { timeoutMs, memoryBytes }, find)
        return new Plugin(raw, module, { guest, memory, session, http: client, logger })
      } catch (error) {
        // It was handed over: whoever holds it last closes it.
        await raw.close()
        throw error
      }
    },
  }
}

/** The SDK wants a Console; it calls five of its methods. */
function consoleOf(logger: Logger): Console {
  const { debug, info, warn, error } = logger
  return { trace: debug, debug, log: info, info, warn, error } as unknown as Console
}
