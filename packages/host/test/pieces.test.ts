import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { areUtf8, Pieces } from '../src/pieces.js'

/** Bytes, cut at up to six places. */
const cut = (bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer[]> =>
  fc.tuple(bytes, fc.array(fc.nat(), { maxLength: 6 })).map(([all, cuts]) => {
    const places = [0, ...cuts.map((at) => at % (all.length + 1)), all.length]
    places.sort((a, b) => a - b)
    return places.slice(1).map((end, i) => all.subarray(places[i], end))
  })

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((one) => Buffer.from(one))
const bytes = fc.uint8Array({ maxLength: 12 }).map((one) => Buffer.from(one))
// Bytes that begin or go on with a character more often than any bytes do.
const odd = fc
  .array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff), {
    maxLength: 8,
  })
  .map((one) => Buffer.from(one))

describe('pieces', () => {
  it.each([
    ['texts', text],
    ['bytes', bytes],
    ['parts of characters', odd],
  ])('are UTF-8 if they are together: %s', (_, all) => {
    fc.assert(
      fc.property(cut(all), (pieces) => {
        expect(areUtf8(pieces)).toBe(isUtf8(Buffer.concat(pieces)))
      }),
      { numRuns: 3000 },
    )
  })

  it('are put together where they go, or at once', () => {
    fc.assert(
      fc.property(cut(bytes), (all) => {
        const pieces = new Pieces(all)
        const block = new Uint8Array(pieces.length + 2)
        pieces.copyTo(block, 1)
        expect([...block]).toEqual([0, ...Buffer.concat(all), 0])
        expect(pieces.whole).toEqual(Buffer.concat(all))
      }),
    )
  })
})
