import { Feature, guestLimits } from '@extism-ws/protocol'

import { BlockPool } from './bridge/block-pool.js'
import { GuestMemory } from './bridge/direct.js'
import { EntryExports } from './bridge/entry-exports.js'
import type { RawPlugin, SdkFunctions } from './bridge/sdk.js'
import { Guest } from './guest/guest.js'
import { LocalInstance } from './guest/local-instance.js'
import { hostFunctions } from './host-functions.js'
import { sdkConsole } from './logger.js'
import { readSourceMap } from './module/source-map.js'
import type { SessionOptions } from './options.js'
import { Plugin } from './plugin.js'
import { sessionParts } from './session-parts.js'

/** A session that waits for its plugin. One session serves one plugin. */
export interface SocketSupport {
  /** Host functions for the `functions` option of Extism's `createPlugin`. */
  readonly functions: SdkFunctions
  /** For its `logger` option: lines below `logLevel` are dropped. */
  readonly logger: Console
  /**
   * Takes the plugin over. From here on only the returned handle may be used.
   *
   * @param module SDK 1 only: the name of the main module. Default: the first of the manifest.
   * @throws {EwsError} `EWS_UNSUPPORTED` when the plugin speaks another version of the ABI.
   */
  attach(plugin: RawPlugin, module?: string): Promise<Plugin>
}

/**
 * The composable form of `createPlugin`, for those who call Extism's own: in `event` mode.
 *
 * What `createPlugin` does and this cannot: give the module a memory maximum (Extism's
 * `memory.maxPages` does not bound linear memory), find the source map, see the manifest's
 * `allowedHosts`, pass its config to SDK 1.0.3, build the plugin anew after a crash, guard your own
 * host functions against exceptions, which end the plugin. Set what can be set yourself; `useWasi: true`
 * is needed; `runInWorker` must stay false (docs/hosting.md).
 */
export function withSockets(options: SessionOptions = {}): SocketSupport {
  const parts = sessionParts(options, 'event', undefined)
  const { session, variables, limits } = parts
  const memory = new GuestMemory()
  const entry = new EntryExports(memory)
  const blocks = new BlockPool()
  let taken = false
  const functions = hostFunctions({ session, memory, entry, blocks, variables, suspends: false })
  return {
    // Wasm gives every import the parameter types that it declares.
    functions: functions as SdkFunctions,
    logger: sdkConsole(parts.pluginLogger),
    attach: async (raw, module) => {
      if (taken)
        throw new TypeError(
          'attach: this session has its plugin; call withSockets() for each plugin',
        )
      taken = true
      try {
        const find = await readSourceMap(options.sourceMap)
        parts.setFind(find)
        const stackBytes = guestLimits.stackBytes
        const features = Feature.direct
        const takeUnsent = (block: Uint8Array): unknown => session.sendMany(block)
        const own = { ...limits, stackBytes }
        const settings = {
          memory,
          entry,
          blocks,
          limits: own,
          features,
          suspends: false,
          takeUnsent,
        }
        const instance = await LocalInstance.take(raw, module, settings)
        const guest = new Guest(instance, find)
        const none = { blueprint: undefined, blueprintFor: undefined, budget: undefined }
        return new Plugin({ ...parts, ...none, guest })
      } catch (error) {
        // It was handed over: whoever holds it last closes it.
        await raw.close()
        throw error
      }
    },
  }
}
