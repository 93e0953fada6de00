import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

import type { Mode, PluginOptions } from '../../src/index.js'
import { sdks, type SdkVersion } from '../sdk.js'

/** One way of hosting a plugin. */
export interface Hosting {
  readonly sdk: SdkVersion
  readonly layer: 'direct' | 'portable'
  /** Default: `event`. */
  readonly mode?: Mode
}

const require = createRequire(import.meta.url)

/** By which a worker imports each version. */
const specifiers: Record<SdkVersion, string> = {
  '1.0.3': pathToFileURL(require.resolve('@extism/extism')).href,
  '2.0.0-rc13': pathToFileURL(require.resolve('extism-rc')).href,
}

/** For test names. */
export function named({ sdk, layer, mode = 'event' }: Hosting): string {
  return `${mode} mode, ${layer} layer, SDK ${sdk}`
}

/** The options of `createPlugin` for this way. */
export function hostedBy({ sdk, mode = 'event' }: Hosting): PluginOptions {
  return { mode, extism: mode === 'worker' ? specifiers[sdk] : sdks[sdk] }
}

const sdkVersions = Object.keys(sdks) as SdkVersion[]

/** The Node that comes for JSPI: the released SDK has had its turn on the other one. */
const isNewer = 'Suspending' in WebAssembly

/** Every way of hosting in a mode: both layers, and the SDKs that can do it. */
export function hostings(mode: Mode): Hosting[] {
  // Suspending is of SDK 2 alone.
  const versions = mode === 'jspi' || isNewer ? (['2.0.0-rc13'] as const) : sdkVersions
  return versions.flatMap((sdk) => [
    { sdk, layer: 'direct', mode },
    { sdk, layer: 'portable', mode },
  ])
}
