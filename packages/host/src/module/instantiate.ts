import { EwsError } from '@extism-ws/protocol'

import type { ExtismSdk, HostFunctions, RawPlugin } from '../bridge/sdk.js'
import { sdkConsole, type Logger } from '../logger.js'
import type { NamedModule } from './loaded-plugin.js'

/** What the SDK is told about a plugin besides its host functions; can be sent to another thread. */
export interface SdkSettings {
  readonly modules: readonly NamedModule[]
  /** WASI of the SDK: for modules that are not ours, since it holds two file descriptors. */
  readonly useWasi: boolean
  readonly config: Readonly<Record<string, string>>
  readonly allowedPaths: Readonly<Record<string, string>> | undefined
  /** For Extism's own HTTP. */
  readonly allowedHosts: readonly string[]
}

/** @throws {EwsError} `EWS_BAD_MODULE` when Extism cannot instantiate it. */
export async function instantiate(
  sdk: ExtismSdk,
  settings: SdkSettings,
  functions: Readonly<Record<string, HostFunctions>>,
  logger: Logger,
): Promise<RawPlugin> {
  const { modules, useWasi, config, allowedPaths, allowedHosts } = settings
  try {
    return await sdk.createPlugin(
      { wasm: modules } as never,
      {
        useWasi,
        functions,
        config,
        logger: sdkConsole(logger),
        logLevel: 'trace',
        ...(allowedHosts.length === 0 ? {} : { allowedHosts }),
        ...(allowedPaths === undefined ? {} : { allowedPaths }),
      } as never,
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new EwsError('EWS_BAD_MODULE', `Extism cannot instantiate the module: ${why}`, { cause })
  }
}
