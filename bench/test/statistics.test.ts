import { describe, expect, it } from 'vitest'

import { median, quantile, ratios, spread } from '../src/statistics.js'

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([100, 20, 3, 1, 2])).toBe(3)
  })

  it('is the mean of the two middle values when their number is even', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('sorts numbers as numbers', () => {
    expect(median([10, 9, 100])).toBe(10)
  })

  it('leaves the values in their order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('refuses to tell the middle of nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)

  it('is the value that this share of the values do not exceed', () => {
    expect(quantile(hundred, 0.5)).toBe(50)
    expect(quantile(hundred, 0.99)).toBe(99)
  })

  it('reaches from the smallest to the largest value', () => {
    expect(quantile(hundred, 0)).toBe(1)
    expect(quantile(hundred, 1)).toBe(100)
  })

  it('of one value is that value', () => {
    expect(quantile([7], 0.99)).toBe(7)
  })

  it('refuses to tell a quantile of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })
})

describe('spread', () => {
  it('has the median and both extremes', () => {
    expect(spread([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 })
  })
})

describe('ratios', () => {
  it('divides by the value of the same round', () => {
    expect(ratios([10, 30], [5, 10])).toEqual([2, 3])
  })

  it('keeps out what both values of a round have in common', () => {
    // The machine is ten times slower in the second round, and five times in the third.
    expect(spread(ratios([2, 20, 10], [1, 10, 5]))).toEqual({ median: 2, min: 2, max: 2 })
  })

  it('refuses rounds that lack a value', () => {
    expect(() => ratios([1, 2], [1])).toThrow(RangeError)
  })
})
