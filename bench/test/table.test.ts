import { describe, expect, it } from 'vitest'

import type { MetricResult, RowResult } from '../src/measure.js'
import { table } from '../src/table.js'

const same = (value: number) => ({ median: value, min: value, max: value })

function metric(name: string, ratio?: number): MetricResult {
  const compared = ratio === undefined ? {} : { ratio: same(ratio) }
  const sides = [
    { side: 'one', ...same(1000) },
    { side: 'a side with a long name', ...same(2), ...compared },
  ]
  return { name, unit: 'ms', better: 'less', sides }
}

function lines(...metrics: MetricResult[]): string[] {
  const row: RowResult = { name: 'row', rounds: 1, metrics }
  return table([row]).split('\n')
}

describe('table', () => {
  it('has a ratio beside each column but the first', () => {
    const [header, , name, line] = lines(metric('time', 12.345))
    expect(header).toMatch(/^ +one +a side with a long name +ratio$/)
    expect(name).toBe('row')
    expect(line).toMatch(/^ {2}time, ms \(less is better\) +1,000 +2\.00 +12\.3 \(12\.3–12\.3\)$/)
  })

  it('keeps the columns of a metric without ratios where those of others are', () => {
    const [header = '', , , line = '', absolute = ''] = lines(metric('time', 1), metric('size'))
    expect(absolute).toHaveLength(line.indexOf('2.00') + 4)
    expect(header.indexOf('name') + 4).toBe(absolute.length)
  })

  it('tells small ratios from nothing', () => {
    expect(lines(metric('time', 0.001234))[3]).toMatch(/ 0\.001 \(0\.001–0\.001\)$/)
    expect(lines(metric('time', 0))[3]).toMatch(/ 0\.00 \(0\.00–0\.00\)$/)
  })

  it('has one header for rows of the same sides', () => {
    const row: RowResult = { name: 'row', rounds: 1, metrics: [metric('time', 1)] }
    expect(table([row, { ...row, name: 'other' }]).match(/ratio/g)).toHaveLength(1)
  })
})
