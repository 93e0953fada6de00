import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { checkNesting } from '../../src/codec/msgpack-nesting.js'

function nested(depth: number, head: readonly number[]): Uint8Array {
  return Uint8Array.from([...Array.from({ length: depth }, () => head).flat(), 0xc0])
}

const containers: [string, number[]][] = [
  ['arrays', [0x91]],
  ['arrays 16', [0xdc, 0, 1]],
  ['arrays 32', [0xdd, 0, 0, 0, 1]],
  ['maps', [0x81, 0x01]],
  ['maps 16', [0xde, 0, 1, 0x01]],
  ['maps 32', [0xdf, 0, 0, 0, 1, 0x01]],
]

describe('the nesting of MessagePack', () => {
  test.each(containers)('may be 100 %s deep, and not more', (_name, head) => {
    expect(() => checkNesting(nested(100, head))).not.toThrow()
    expect(() => checkNesting(nested(101, head))).toThrow('nested deeper than 100')
  })

  test.each(containers)('counts what is around, not what is beside: %s', (_name, head) => {
    const many = Array.from({ length: 1000 }, () => nested(1, head))
    const bytes = Uint8Array.from([0xdc, 0x03, 0xe8, ...many.flatMap((one) => [...one])])
    expect(() => checkNesting(bytes)).not.toThrow()
  })

  test.each([
    ['arrays', [0xdd, 0xff, 0xff, 0xff, 0xff, 0]],
    ['maps', [0xdf, 0xff, 0xff, 0xff, 0xff, 0]],
    ['maps that are missing a value', [0x81, 0]],
    ['lengths that are cut', [0xdd, 0xff]],
    ['text in an array', [0x92, 0xa2, 0x61]],
  ])('refuses %s that claim more than there is', (_name, bytes) => {
    expect(() => checkNesting(Uint8Array.from(bytes))).toThrow(RangeError)
  })

  test('accepts every value that the encoder makes', () => {
    const value = fc.anything({
      maxDepth: 5,
      withBigInt: false,
      withDate: true,
      withTypedArray: false,
      key: fc.string().filter((key) => key !== '__proto__'),
    })
    const large = fc.oneof(
      fc.uint8Array({ maxLength: 70_000, size: 'max' }),
      fc.string({ maxLength: 70_000, size: 'max' }),
      fc.array(fc.integer(), { minLength: 60_000, maxLength: 70_000, size: 'max' }),
    )
    fc.assert(fc.property(value, (made) => checkNesting(encode(made))))
    fc.assert(
      fc.property(large, (made) => checkNesting(encode([made, made]))),
      { numRuns: 10 },
    )
  })

  test('accepts whatever the decoder does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decode(bytes)
        } catch {
          return
        }
        checkNesting(bytes)
      }),
      { numRuns: 20_000 },
    )
  })
})
