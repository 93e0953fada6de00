import { catalogue, distributions, type Distribution, type Metric } from './catalogue.js'
import type { Measured, PluginMetrics } from './plugin-metrics.js'
import { byName, type NamedMetrics } from './sum.js'

/** The `Content-Type` of an answer with `prometheusText`. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'

const unitSuffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' }

/**
 * The metrics of plugins in Prometheus' text format, version 0.0.4, for an endpoint of your own.
 *
 * Everything has the label `plugin`; plugins of one name are added up. Labels are bounded: 64 URLs for each name
 * and `other`, and the codes of errors. Times are in seconds, sizes in bytes.
 *
 * @param plugins those that live now: plugins, or what their `metrics()` answered.
 */
export function prometheusText(plugins: Iterable<Measured | PluginMetrics>): string {
  const rows = byName(plugins)
  const lines = [
    ...catalogue.flatMap((metric) => metricLines(metric, rows)),
    ...distributions.flatMap((distribution) => histogramLines(distribution, rows)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** @internal What Prometheus calls a metric. */
export function prometheusName(
  { name, unit }: { name: string; unit: string },
  total = false,
): string {
  return `extism_ws_${name.replaceAll('.', '_')}${unitSuffixes[unit] ?? ''}${total ? '_total' : ''}`
}

function metricLines(metric: Metric, rows: readonly NamedMetrics[]): string[] {
  const name = prometheusName(metric, metric.kind === 'counter')
  const samples = rows.flatMap((row) =>
    metric
      .read(row)
      .map(({ labels, value }) => sampleLine(name, { plugin: row.plugin, ...labels }, value)),
  )
  return family(name, metric.kind, metric.help, samples)
}

function histogramLines(distribution: Distribution, rows: readonly NamedMetrics[]): string[] {
  const name = prometheusName(distribution)
  const samples = rows.flatMap((row) => {
    const { plugin } = row
    const { bounds, counts, sum } = distribution.read(row)
    let below = 0
    const buckets = counts.map((count, i) => {
      below += count
      const bound = bounds[i]
      const le = bound === undefined ? '+Inf' : String(bound / distribution.perUnit)
      return sampleLine(`${name}_bucket`, { plugin, le }, below)
    })
    return [
      ...buckets,
      sampleLine(`${name}_sum`, { plugin }, sum / distribution.perUnit),
      sampleLine(`${name}_count`, { plugin }, below),
    ]
  })
  return family(name, 'histogram', distribution.help, samples)
}

/** A family without samples is left out, such as refusals where there were none. */
function family(name: string, type: string, help: string, samples: readonly string[]): string[] {
  if (samples.length === 0) return []
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...samples]
}

function sampleLine(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  )
  return `${name}{${pairs.join(',')}} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
