import type { MetricResult, RowResult, SideResult } from './measure.js'

const labelWidth = 42
const numberWidth = 12
const firstWidth = 19
const ratioWidth = 22

/** The results as text: medians, and the ratios to the first column with their extremes. */
export function table(rows: readonly RowResult[]): string {
  const lines: string[] = []
  let header = ''
  for (const row of rows) {
    const ownHeader = headerOf(row)
    // Rows of the same sides share their columns' names.
    if (ownHeader !== header) lines.push('', ownHeader)
    header = ownHeader
    lines.push('', row.name)
    for (const metric of row.metrics) lines.push(metricLine(metric, comparedOf(row)))
  }
  return lines.slice(1).join('\n')
}

/** Whether each column has ratios beside it: some metrics have none. */
function comparedOf({ metrics }: RowResult): boolean[] {
  const [first] = metrics
  return (first?.sides ?? []).map((_, at) => metrics.some(({ sides }) => sides[at]?.ratio))
}

function headerOf(row: RowResult): string {
  const compared = comparedOf(row)
  const names = (row.metrics[0]?.sides ?? []).map(({ side }, at) =>
    compared[at] === true
      ? side.padStart(numberWidth + 3) + 'ratio'.padStart(ratioWidth)
      : side.padStart(firstWidth),
  )
  return ' '.repeat(labelWidth) + names.join('')
}

function metricLine(metric: MetricResult, compared: readonly boolean[]): string {
  const label = `  ${metric.name}, ${metric.unit} (${metric.better} is better)`
  const columns = metric.sides.map((side, at) => cells(side, compared[at] === true))
  return (label.padEnd(labelWidth) + columns.join('')).trimEnd()
}

function cells({ median, ratio }: SideResult, compared: boolean): string {
  if (!compared) return number(median).padStart(firstWidth)
  const own = number(median).padStart(numberWidth + 3)
  if (ratio === undefined) return own + ' '.repeat(ratioWidth)
  const extremes = `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`
  return own + `${ratio.median.toFixed(2)} (${extremes})`.padStart(ratioWidth)
}

/** Three digits that say something, or all before the point. */
function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
