import type { Limits } from '../limits.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import type { AutomaticRequests } from './automatic-messages.js'
import type { HeartbeatOptions } from './heartbeat.js'
import type { RateMeter } from './rate-meter.js'

/** What keeps a connection within bounds. */
export interface ConnectionSettings {
  readonly limits: Limits
  /** Undefined for none. */
  readonly heartbeat: HeartbeatOptions | undefined
  readonly automatic: AutomaticRequests
  /** Of all connections of the plugin. */
  readonly received: RateMeter
  readonly counters: ConnectionStats
}
