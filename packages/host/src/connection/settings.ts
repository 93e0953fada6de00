import type { Limits } from '../limits.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import type { AutomaticRequests } from './automatic-messages.js'
import type { DeflateOptions } from './deflate.js'
import type { HeartbeatOptions } from './heartbeat.js'
import type { RateMeter } from './rate-meter.js'

/** What keeps a connection within bounds. */
export interface ConnectionSettings {
  readonly limits: Limits
  /** Undefined where the host offers no compression. */
  readonly deflate: DeflateOptions | undefined
  /** Undefined for none. */
  readonly heartbeat: HeartbeatOptions | undefined
  readonly automatic: AutomaticRequests
  /** Of all connections of the plugin. */
  readonly received: RateMeter
  readonly counters: ConnectionStats
}
