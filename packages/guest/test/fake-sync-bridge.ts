import type { SyncBridge } from '../src/bridge/sync-bridge.js'
import { host } from './fake-bridge.js'

/** Takes the place of `#sync-bridge`. */
export function syncBridge(): SyncBridge {
  return host
}
