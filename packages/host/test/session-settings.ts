import { defaultHeartbeat } from '../src/connection/heartbeat.js'
import { SocketHub } from '../src/hub/socket-hub.js'
import { defaultLimits, type Limits } from '../src/limits.js'
import { SessionStats } from '../src/metrics/session-stats.js'
import { Policy } from '../src/policy/index.js'
import { Tls } from '../src/tls/index.js'
import type { ConnectorSettings } from '../src/session/connector.js'
import { reconnectSetting } from '../src/session/reconnect-setting.js'

/** What a session may do that a test makes itself. */
export function sessionSettings(
  allow: readonly string[],
  limits: Limits = defaultLimits,
): ConnectorSettings {
  return {
    policy: new Policy({ allow }),
    limits,
    deflate: undefined,
    heartbeat: defaultHeartbeat,
    reconnect: reconnectSetting(undefined, limits),
    stats: new SessionStats(),
    tls: new Tls(),
    hub: new SocketHub(),
    warm: false,
    shared: false,
  }
}
