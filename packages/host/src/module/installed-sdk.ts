import { EwsError } from '@extism-ws/protocol'

import type { ExtismSdk } from '../bridge/sdk.js'

/**
 * The SDK as it is installed here, or what the integrator named.
 *
 * @throws {EwsError} `EWS_UNSUPPORTED` when there is none.
 */
export async function findSdk(named: ExtismSdk | string | undefined): Promise<ExtismSdk> {
  if (typeof named === 'object') return named
  const specifier = named ?? '@extism/extism'
  try {
    const found = (await import(specifier)) as ExtismSdk & { default?: ExtismSdk }
    // A path that `require` resolved leads to the CommonJS build, whose names are in `default`.
    return found.createPlugin === undefined && found.default !== undefined ? found.default : found
  } catch (cause) {
    const hint = named === undefined ? ': npm install @extism/extism' : ''
    throw new EwsError('EWS_UNSUPPORTED', `${specifier} is not installed${hint}`, { cause })
  }
}
