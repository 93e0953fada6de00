import type { HttpClient } from '../http/client.js'
import type { Mode } from '../mode/mode.js'
import type { Session } from '../session/session.js'
import type { PluginMetrics } from './plugin-metrics.js'
import type { PluginStats } from './plugin-stats.js'

/** What the numbers are read from. */
interface MetricsSources {
  readonly mode: Mode
  readonly stats: PluginStats
  readonly session: Session
  readonly http: HttpClient
}

/** What a plugin knows besides. */
interface PluginCounts {
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
