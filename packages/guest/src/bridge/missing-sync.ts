import { noHost } from './missing.js'
import type { SyncBridge } from './sync-bridge.js'

/** As `bridge()` of missing.ts. */
export function syncBridge(): SyncBridge {
  throw noHost()
}
