import { describe, expect, test } from 'vitest'
import { signedLeb128, unsignedLeb128 } from '../src/index.js'

describe('unsigned numbers', () => {
  test.each([
    [0, [0x00]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    [2n ** 64n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('%s is as short as it can be', (value, bytes) => {
    expect(unsignedLeb128(value)).toEqual(bytes)
  })

  test('a negative number is refused instead of looping', () => {
    expect(() => unsignedLeb128(-1)).toThrow(RangeError)
  })
})

describe('signed numbers', () => {
  test.each([
    [0, [0x00]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
    [-(2n ** 63n), [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ])('%s is as short as it can be', (value, bytes) => {
    expect(signedLeb128(value)).toEqual(bytes)
  })
})
