import type { ErrorCode } from '@extism-ws/protocol'

import { sumHistograms } from './histogram.js'
import type { CodeCounts, Measured, PluginMetrics } from './plugin-metrics.js'
import { sumUrls } from './url-table.js'

/** What the plugins of one name have counted together. */
export interface NamedMetrics extends PluginMetrics {
  /** How many they are. */
  readonly plugins: number
}

/**
 * The metrics of plugins, added up for those of one name: a pool of one plugin is one row, and no time
 * series is there twice. Peaks and the uptime are those of the highest.
 */
export function byName(plugins: Iterable<Measured | PluginMetrics>): NamedMetrics[] {
  const named = new Map<string, PluginMetrics[]>()
  for (const each of plugins) {
    const metrics = 'metrics' in each ? each.metrics() : each
    const same = named.get(metrics.plugin)
    if (same === undefined) named.set(metrics.plugin, [metrics])
    else same.push(metrics)
  }
  return [...named.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [sum(first, others)],
  )
}

function sum(first: PluginMetrics, others: readonly PluginMetrics[]): NamedMetrics {
  const all = [first, ...others]
  const total = (read: (metrics: PluginMetrics) => number): number =>
    all.reduce((value, each) => value + read(each), 0)
  const highest = (read: (metrics: PluginMetrics) => number): number => Math.max(...all.map(read))
  return {
    plugin: first.plugin,
    session: first.session,
    mode: first.mode,
    plugins: all.length,
    uptimeMs: highest((each) => each.uptimeMs),
    restarts: total((each) => each.restarts),
    calls: {
      pending: total((each) => each.calls.pending),
      total: total((each) => each.calls.total),
      failed: total((each) => each.calls.failed),
    },
    sockets: total((each) => each.sockets),
    inbox: {
      events: total((each) => each.inbox.events),
      bytes: total((each) => each.inbox.bytes),
      peakEvents: highest((each) => each.inbox.peakEvents),
      peakBytes: highest((each) => each.inbox.peakBytes),
    },
    http: {
      pending: total((each) => each.http.pending),
      total: total((each) => each.http.total),
      failed: total((each) => each.http.failed),
    },
    refusals: sumCodes(all.map((each) => each.refusals)),
    errors: sumCodes(all.map((each) => each.errors)),
    urls: sumUrls(all.flatMap((each) => each.urls)),
    dispatches: total((each) => each.dispatches),
    dispatchLatencyMs: sumHistograms(
      first.dispatchLatencyMs,
      ...others.map((each) => each.dispatchLatencyMs),
    ),
    dispatchDurationMs: sumHistograms(
      first.dispatchDurationMs,
      ...others.map((each) => each.dispatchDurationMs),
    ),
    queueDepth: sumHistograms(first.queueDepth, ...others.map((each) => each.queueDepth)),
  }
}

function sumCodes(all: readonly CodeCounts[]): CodeCounts {
  const sums: CodeCounts = {}
  for (const counts of all) {
    for (const [code, count] of Object.entries(counts) as [ErrorCode, number][]) {
      sums[code] = (sums[code] ?? 0) + count
    }
  }
  return sums
}
