import { describe, expect, it } from 'vitest'

import { amounts, durations, Histogram, since, sumHistograms } from '../../src/metrics/histogram.js'

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram(1, 4)
  for (const value of values) histogram.record(value)
  return histogram
}

describe('a histogram', () => {
  it('counts a value in the first bucket whose bound it is not above', () => {
    const { bounds, counts } = filled([0, 1, 1.5, 2, 3, 4, 4.1, 8, 9, 1e300, Infinity]).snapshot()
    expect(bounds).toEqual([1, 2, 4, 8])
    expect(counts).toEqual([2, 2, 2, 2, 3])
  })

  it('has buckets for every duration from a microsecond to a quarter of a minute', () => {
    const histogram = durations()
    for (let bucket = 0; bucket < 25; bucket++) histogram.record(2 ** bucket / 1000)
    const { bounds, counts } = histogram.snapshot()
    expect(bounds[0]).toBe(0.001)
    expect(bounds.at(-1)).toBe(2 ** 24 / 1000)
    expect(counts).toEqual([...bounds.map(() => 1), 0])
  })

  it('counts amounts by powers of two', () => {
    const histogram = amounts()
    histogram.record(65_536)
    histogram.record(65_537)
    expect(histogram.snapshot().counts.slice(-2)).toEqual([1, 1])
  })

  it('takes what is no positive number for 0', () => {
    const { count, sum, max } = filled([-1, Number.NaN, -Infinity]).snapshot()
    expect({ count, sum, max }).toEqual({ count: 3, sum: 0, max: 0 })
  })

  it('estimates quantiles within the bucket that they lie in, and never above the largest value', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i + 1) / 100)
    const histogram = durations()
    for (const value of values) histogram.record(value)
    const { p50, p90, p99, max } = histogram.snapshot()
    expect(max).toBe(10)
    expect(p50).toBeGreaterThan(4.096)
    expect(p50).toBeLessThan(8.192)
    expect(p90).toBeGreaterThan(p50)
    expect(p99).toBeGreaterThan(p90)
    expect(p99).toBeLessThanOrEqual(10)
  })

  it('estimates nothing from nothing', () => {
    expect(durations().snapshot()).toMatchObject({ count: 0, p50: 0, p99: 0, max: 0, sum: 0 })
  })

  it('is plain JSON', () => {
    const snapshot = filled([1, 2, 1e9]).snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  it('is added to others', () => {
    const sum = sumHistograms(filled([1, 2]).snapshot(), filled([2, 100]).snapshot())
    expect(sum).toMatchObject({ count: 4, sum: 105, max: 100, counts: [1, 2, 0, 0, 1] })
  })

  it('tells what came since an earlier moment', () => {
    const histogram = filled([8, 8, 8])
    const before = histogram.snapshot()
    histogram.record(1)
    histogram.record(2)
    const recent = since(histogram.snapshot(), before)
    expect(recent).toMatchObject({ count: 2, sum: 3, max: 2, counts: [1, 1, 0, 0, 0] })
    expect(recent.p99).toBeLessThanOrEqual(2)
  })
})
