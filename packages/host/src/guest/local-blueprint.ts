import { Feature, guestLimits } from '@extism-ws/protocol'

import { BlockPool } from '../bridge/block-pool.js'
import { GuestMemory } from '../bridge/direct.js'
import { EntryExports } from '../bridge/entry-exports.js'
import type { FunctionRunner } from '../bridge/function-runner.js'
import { integratorFunctions } from '../bridge/integrator-functions.js'
import type { ExtismSdk, HostFunctions } from '../bridge/sdk.js'
import { hostFunctions } from '../host-functions.js'
import { extismRequest } from '../http/extism.js'
import { mergeFunctions } from '../merge-functions.js'
import {
  extismHttpFunctions,
  extismHttpNamespace,
  refuseToWait,
  type CarryOut,
} from '../module/extism-http.js'
import { instantiate, type SdkSettings } from '../module/instantiate.js'
import type { LoadedPlugin } from '../module/loaded-plugin.js'
import { wasiFunctions, wasiNamespace } from '../module/wasi.js'
import type { SessionParts } from '../session-parts.js'
import { LocalInstance } from './local-instance.js'
import type { Blueprint } from './supervisor.js'

export interface LocalSettings {
  readonly sdk: ExtismSdk
  readonly sdkSettings: SdkSettings
  /** The integrator's own host functions. */
  readonly functions: Readonly<Record<string, HostFunctions>>
  readonly runner: FunctionRunner
}

/** Instances on this thread: `event` and `jspi` mode. */
export function localBlueprint(
  loaded: LoadedPlugin,
  parts: SessionParts,
  { sdk, sdkSettings, functions, runner }: LocalSettings,
): Blueprint {
  const { session, http, variables, pluginLogger } = parts
  const suspends = parts.mode === 'jspi'
  const carryOut: CarryOut = suspends ? (request) => extismRequest(http, request) : refuseToWait
  return {
    find: loaded.find,
    build: async () => {
      const memory = new GuestMemory()
      const entry = new EntryExports(memory)
      const blocks = new BlockPool()
      const ours = {
        ...hostFunctions({ session, memory, entry, blocks, variables, suspends }),
        [wasiNamespace]: wasiFunctions(memory, pluginLogger),
        [extismHttpNamespace]: extismHttpFunctions({ entry, carryOut, suspends }),
      }
      const settings = { runner, entry, variables, suspends }
      const all = mergeFunctions(ours, integratorFunctions(functions, settings))
      const raw = await instantiate(sdk, sdkSettings, all, pluginLogger)
      const limits = { ...parts.limits, stackBytes: guestLimits.stackBytes }
      try {
        const features = Feature.direct | Feature.http
        const takeUnsent = (block: Uint8Array): unknown => session.sendMany(block)
        const own = { memory, entry, blocks, limits, features, suspends, takeUnsent }
        return await LocalInstance.take(raw, loaded.main, own)
      } catch (error) {
        await raw.close()
        throw error
      }
    },
  }
}
