import type { HttpClient } from '../http/client.js'
import type { Mode } from '../mode/mode.js'
import type { Session } from '../session/session.js'
import type { PluginIdentity } from './channels.js'
import type { UrlMetrics } from './connection-stats.js'
import type { HistogramSnapshot } from './histogram.js'
import type { PluginStats } from './plugin-stats.js'
import type { CodeCounts } from './session-stats.js'

/**
 * What one plugin has counted since it was made, as plain values: `JSON.stringify` takes them as they are.
 * Restarts do not reset anything. Times are in milliseconds, sizes in bytes.
 */
export interface PluginMetrics extends PluginIdentity {
  readonly mode: Mode
  /** Since the plugin was made, in milliseconds. */
  readonly uptimeMs: number
  /** How often it was built anew: after crashes, and by `reload`. */
  readonly restarts: number
  readonly calls: {
    /** Calls that have not settled. */
    readonly pending: number
    readonly total: number
    /** Calls that rejected, given up by a signal included. */
    readonly failed: number
  }
  /** Sockets that have not told the plugin of their end: connecting, open, closing. */
  readonly sockets: number
  /** Events that the plugin has not fetched, now and at the most. */
  readonly inbox: {
    readonly events: number
    /** Bytes of their payloads. */
    readonly bytes: number
    readonly peakEvents: number
    readonly peakBytes: number
  }
  readonly http: {
    /** Requests under way, and those that wait for others. */
    readonly pending: number
    readonly total: number
    /** Requests that came to an error; an HTTP status is none. */
    readonly failed: number
  }
  /** Connections that were not even tried, by error code. */
  readonly refusals: CodeCounts
  /** Failures of sockets, by error code. */
  readonly errors: CodeCounts
  /** At most 64 URLs; what connects to others is counted under `other`. */
  readonly urls: readonly UrlMetrics[]
  /** How often the guest was dispatched. */
  readonly dispatches: number
  /** From when a dispatch is scheduled until the guest is entered, in milliseconds. */
  readonly dispatchLatencyMs: HistogramSnapshot
  /**
   * How long a dispatch takes, in milliseconds. In `worker` mode with the way to the thread and back, and in
   * `worker` and `jspi` mode with the time that the plugin waits in it.
   */
  readonly dispatchDurationMs: HistogramSnapshot
  /** Events that waited at each dispatch. */
  readonly queueDepth: HistogramSnapshot
}

/** Something that can be measured: a plugin. */
export interface Measured {
  metrics(): PluginMetrics
}

/** What the numbers are read from. */
export interface MetricsSources {
  readonly mode: Mode
  readonly stats: PluginStats
  readonly session: Session
  readonly http: HttpClient
}

/** What a plugin knows besides. */
export interface PluginCounts {
  readonly pending: number
  readonly restarts: number
}

export function readMetrics(
  { mode, stats, session, http }: MetricsSources,
  { pending, restarts }: PluginCounts,
): PluginMetrics {
  const { dispatches } = stats
  const { urls, refusals, errors } = stats.sockets.snapshot()
  return {
    ...stats.identity,
    mode,
    uptimeMs: performance.now() - stats.since,
    restarts,
    calls: { pending, total: stats.calls, failed: stats.failedCalls },
    sockets: session.socketCount,
    inbox: session.inbox,
    http: { pending: http.requestCount, total: http.started, failed: http.failed },
    refusals,
    errors,
    urls,
    dispatches: dispatches.duration.count,
    dispatchLatencyMs: dispatches.latency.snapshot(),
    dispatchDurationMs: dispatches.duration.snapshot(),
    queueDepth: dispatches.depth.snapshot(),
  }
}
