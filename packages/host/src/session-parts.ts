import { guestLimits, type FindSource } from '@extism-ws/protocol'

import type { GuestLimits } from './guest/attach.js'
import { HttpClient } from './http/client.js'
import { httpLimitsFrom } from './http/limits.js'
import { deflateFrom } from './connection/deflate.js'
import { heartbeatFrom } from './connection/heartbeat.js'
import { defaultHub } from './hub/default-hub.js'
import { limitsFrom } from './limits.js'
import { logsFor, type Log } from './log.js'
import type { Logger } from './logger.js'
import { mappedLogger } from './mapped-logger.js'
import { checkName } from './metrics/plugin-name.js'
import { newIdentity, PluginStats } from './metrics/plugin-stats.js'
import { summaryOf, type SummaryOptions } from './metrics/summary.js'
import type { Mode } from './mode/mode.js'
import { checkBound, defaultTimeoutMs, type SessionOptions } from './options.js'
import { httpRequests, Policy, webSockets } from './policy/index.js'
import { reconnectSetting } from './session/reconnect-setting.js'
import { Session } from './session/session.js'
import { Tls } from './tls/index.js'
import { Variables } from './variables.js'

/** All that a plugin has on the main thread besides its instance. */
export interface SessionParts {
  readonly mode: Mode
  readonly session: Session
  readonly http: HttpClient
  readonly variables: Variables
  /** This package's own lines. */
  readonly log: Log
  readonly stats: PluginStats
  readonly summary: SummaryOptions
  /** Lines of the plugin, with positions in the author's files. */
  readonly pluginLogger: Logger
  readonly limits: Omit<GuestLimits, 'stackBytes'>
  /** Sets the source map of the plugin's lines. */
  setFind(find: FindSource | undefined): void
}

/**
 * @param derived the plugin's name if the options have none.
 * @throws {TypeError} for options that contradict themselves, and malformed patterns and hosts.
 */
export function sessionParts(
  options: SessionOptions,
  mode: Mode,
  derived: string | undefined,
): SessionParts {
  const {
    sockets = {},
    http = {},
    timeoutMs = defaultTimeoutMs,
    memoryBytes = guestLimits.memoryBytes,
  } = options
  checkBound('timeoutMs', timeoutMs)
  checkBound('memoryBytes', memoryBytes)
  const { log: logOptions = {}, logger = console, logLevel: level, name } = options
  const identity = newIdentity(name === undefined ? derived : checkName(name))
  const { structured } = logOptions
  const { plugin } = identity
  const logs = logsFor(logger, { plugin, level, structured })
  const { log } = logs
  const stats = new PluginStats(identity, log)
  const policy = new Policy({ ...sockets, allow: sockets.allow ?? [] }, undefined, webSockets, log)
  const limits = limitsFrom(sockets, memoryBytes)
  const settings = {
    policy,
    limits,
    deflate: deflateFrom(sockets.perMessageDeflate),
    heartbeat: heartbeatFrom(sockets.heartbeat),
    reconnect: reconnectSetting(sockets.reconnect, limits),
    stats: stats.sockets,
    tls: new Tls(sockets.tls, log),
    hub: options.hub ?? defaultHub(),
    warm: sockets.warm ?? false,
    shared: sockets.shared ?? false,
  }
  const httpPolicy = new Policy({ ...http, allow: http.allow ?? [] }, undefined, httpRequests)
  let find: FindSource | undefined
  return {
    mode,
    session: new Session(settings, mode),
    http: new HttpClient(httpPolicy, httpLimitsFrom(http), limits),
    variables: new Variables((message) => log.warn(message)),
    log,
    stats,
    summary: summaryOf(logOptions, logs.structured),
    pluginLogger: mappedLogger(logs.pluginLines, () => find),
    limits: { timeoutMs, memoryBytes },
    setFind: (next) => {
      find = next
    },
  }
}
