import type { MetricResult, RowResult, SideResult } from './measure.js'

const labelWidth = 42
const numberWidth = 10
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
    for (const metric of row.metrics) lines.push(metricLine(metric))
  }
  return lines.slice(1).join('\n')
}

function headerOf({ metrics: [first] }: RowResult): string {
  const names = (first?.sides ?? []).map(({ side, ratio }) =>
    ratio === undefined
      ? side.padStart(numberWidth + 9)
      : side.padStart(numberWidth + 3) + 'ratio'.padStart(ratioWidth),
  )
  return ' '.repeat(labelWidth) + names.join('')
}

function metricLine(metric: MetricResult): string {
  const label = `  ${metric.name}, ${metric.unit} (${metric.better} is better)`
  return label.padEnd(labelWidth) + metric.sides.map(cells).join('')
}

function cells({ median, ratio }: SideResult): string {
  if (ratio === undefined) return number(median).padStart(numberWidth + 9)
  const extremes = `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`
  const text = `${ratio.median.toFixed(2)} (${extremes})`
  return number(median).padStart(numberWidth + 3) + text.padStart(ratioWidth)
}

/** Three digits that say something, or all before the point. */
function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
