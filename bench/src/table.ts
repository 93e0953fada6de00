import type { MetricResult, RowResult, SideResult } from './measure.js'
import type { Spread } from './statistics.js'

const labelWidth = 50
const aloneWidth = 19
const numberWidth = 15
const ratioWidth = 22

/** A column of the table: a side's numbers, and their ratios to the first one's if there are any. */
interface Column {
  readonly name: string
  readonly width: number
  readonly compared: boolean
}

/** The results as text: medians, and the ratios to the first column with their extremes. */
export function table(rows: readonly RowResult[]): string {
  const lines: string[] = []
  let header = ''
  for (const row of rows) {
    const columns = columnsOf(row)
    const ownHeader = headerOf(columns)
    // Rows of the same sides share their columns' names.
    if (ownHeader !== header) lines.push('', ownHeader)
    header = ownHeader
    lines.push('', row.name)
    for (const metric of row.metrics) lines.push(metricLine(metric, columns))
  }
  return lines.slice(1).join('\n')
}

function columnsOf({ metrics }: RowResult): Column[] {
  return (metrics[0]?.sides ?? []).map(({ side }, at) => {
    // Some metrics have no ratio.
    const compared = metrics.some(({ sides }) => sides[at]?.ratio !== undefined)
    const width = Math.max(compared ? numberWidth : aloneWidth, side.length + 2)
    return { name: side, width, compared }
  })
}

function headerOf(columns: readonly Column[]): string {
  const names = columns.map(
    ({ name, width, compared }) =>
      name.padStart(width) + (compared ? 'ratio'.padStart(ratioWidth) : ''),
  )
  return ' '.repeat(labelWidth) + names.join('')
}

function metricLine(
  { name, unit, better, sides }: MetricResult,
  columns: readonly Column[],
): string {
  const label = `  ${name}, ${unit} (${better} is better)`.padEnd(labelWidth)
  const cells = columns.map((column, at) => cellsOf(sides[at], column))
  return (label + cells.join('')).trimEnd()
}

function cellsOf(side: SideResult | undefined, { width, compared }: Column): string {
  const own = side === undefined ? '' : number(side.median)
  const { ratio } = side ?? {}
  const beside = ratio === undefined ? '' : compare(ratio)
  return own.padStart(width) + (compared ? beside.padStart(ratioWidth) : '')
}

function compare({ median, min, max }: Spread): string {
  return `${number(median)} (${number(min)}–${number(max)})`
}

/** Three digits that say something, or all before the point. */
function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 || value === 0 ? 2 : 3
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
