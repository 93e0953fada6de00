import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'

import { addUp, sumOf, tradeAt, trades } from '../src/records.js'

describe('trades', () => {
  it('are about 1 KiB of JSON', () => {
    for (let i = 0; i < trades; i++) {
      const { length } = JSON.stringify(tradeAt(i))
      expect(Math.abs(length - 1024)).toBeLessThan(64)
    }
  })

  it('come in turn', () => {
    expect(tradeAt(trades + 3)).toEqual(tradeAt(3))
  })

  it('add up to the same whatever the order, and whatever carried them', () => {
    const all = Array.from({ length: 100 }, (_, i) => tradeAt(i))
    const add = (sum: number, trade: (typeof all)[number]): number => sum + addUp(trade)
    const decoded = all.map((trade) => decode(encode(trade)) as typeof trade)
    expect(all.toReversed().reduce(add, 0)).toBe(sumOf(100))
    expect(decoded.reduce(add, 0)).toBe(sumOf(100))
  })
})
