import type { ExtismSdk, HostFunctions } from '../bridge/sdk.js'
import type { Blueprint } from '../guest/supervisor.js'
import type { SdkSettings } from '../module/instantiate.js'
import type { LoadedPlugin } from '../module/loaded-plugin.js'
import type { SessionParts } from '../session-parts.js'

export interface WorkerSettings {
  readonly sdk: ExtismSdk | string | undefined
  readonly sdkSettings: SdkSettings
  readonly functions: Readonly<Record<string, HostFunctions>>
  readonly functionTimeoutMs: number
}

export async function workerBlueprint(
  _loaded: LoadedPlugin,
  _parts: SessionParts,
  _settings: WorkerSettings,
): Promise<Blueprint> {
  throw new Error('not yet')
}
