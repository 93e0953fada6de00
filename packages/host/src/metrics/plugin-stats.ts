import type { EwsError } from '@extism-ws/protocol'

import type { Log } from '../log.js'
import { channels, type PluginIdentity } from './channels.js'
import { DispatchStats } from './dispatch-stats.js'
import { SessionStats } from './session-stats.js'

let lastSession = 0

/** The identity of a plugin that is being made: `plugin-3` if nobody knows another name. */
export function newIdentity(name: string | undefined): PluginIdentity {
  const session = ++lastSession
  return { plugin: name ?? `plugin-${session}`, session }
}

/** All that is counted of one plugin. */
export class PluginStats {
  readonly identity: PluginIdentity
  readonly sockets: SessionStats
  readonly dispatches: DispatchStats
  /** When the plugin was made, on the clock of `performance.now()`. */
  readonly since = performance.now()
  /** Calls that were made, and of those that have settled, the ones that rejected. */
  calls = 0
  failedCalls = 0

  constructor(identity: PluginIdentity, log: Log) {
    this.identity = identity
    this.sockets = new SessionStats(identity, log)
    this.dispatches = new DispatchStats(identity)
  }

  /** The plugin was built anew, so often by now. */
  restarted(restarts: number, { code, message }: EwsError): void {
    if (!channels.restart.hasSubscribers) return
    channels.restart.publish({ ...this.identity, restarts, code, message })
  }
}
