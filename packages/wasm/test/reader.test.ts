import { describe, expect, test } from 'vitest'
import { ByteReader, signedLeb128, unsignedLeb128, WasmError } from '../src/index.js'

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes), 100)

describe('integers', () => {
  test.each([0, 1, 127, 128, 624485, 2 ** 31, 2 ** 32 - 1])('u32 %s comes back', (value) => {
    expect(reader(...unsignedLeb128(value)).u32()).toBe(value)
  })

  test.each([0, 63, 64, -1, -65, 2 ** 31 - 1, -(2 ** 31)])('s32 %s comes back', (value) => {
    expect(reader(...signedLeb128(value)).s32()).toBe(value)
  })

  test.each([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)])('s64 %s comes back', (value) => {
    expect(reader(...signedLeb128(value)).s64()).toBe(value)
  })

  test('u64 reaches 2^64 - 1', () => {
    expect(reader(...unsignedLeb128(2n ** 64n - 1n)).u64()).toBe(2n ** 64n - 1n)
  })

  test('s33 holds all indices and the negative types', () => {
    expect(reader(...signedLeb128(2n ** 32n - 1n)).s33()).toBe(2 ** 32 - 1)
    expect(reader(0x40).s33()).toBe(-64)
  })

  test('padding up to the full length is accepted', () => {
    expect(reader(0x83, 0x80, 0x80, 0x80, 0x00).u32()).toBe(3)
    expect(reader(0xfe, 0xff, 0xff, 0xff, 0x7f).s32()).toBe(-2)
  })

  test.each([
    ['u32', [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ['u32', [0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['s32', [0xff, 0xff, 0xff, 0xff, 0x4f]],
    ['s32', [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ['s33', [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ['u64', [...Array<number>(9).fill(0x80), 0x02]],
    ['s64', [...Array<number>(10).fill(0x80), 0x00]],
  ] as const)('%s refuses %j: too long or too large', (method, bytes) => {
    expect(() => reader(...bytes)[method]()).toThrow(WasmError)
  })

  test('a skipped integer must not be too long either', () => {
    const skipped = reader(0x80, 0x80, 0x80, 0x80, 0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)
    skipped.skipInteger(32)
    expect(skipped.position).toBe(5)
    expect(() => skipped.skipInteger(32)).toThrow('too long for 32 bits, at byte 105')
  })
})

describe('bytes', () => {
  test('what is taken is a plain view of the input, also of a Buffer', () => {
    const input = Buffer.from([9, 1, 2, 3]).subarray(1)
    const taken = new ByteReader(input).take(2)
    expect(taken).toStrictEqual(Uint8Array.of(1, 2))
    expect(Buffer.isBuffer(taken)).toBe(false)
    expect(taken.buffer).toBe(input.buffer)
  })

  test('reading past the end names the place in the whole binary', () => {
    const short = reader(5, 1, 2)
    expect(() => short.name()).toThrow('unexpected end, at byte 103')
    expect(() => reader().u8()).toThrow(expect.objectContaining({ offset: 100 }))
    expect(() => reader(1, 2).skip(3)).toThrow(WasmError)
  })

  test('a list whose count is a lie ends with the bytes', () => {
    const lie = reader(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2)
    expect(() => lie.list((item) => item.u8())).toThrow(WasmError)
  })
})

describe('names', () => {
  test('a byte order mark is part of a name', () => {
    expect(reader(4, 0xef, 0xbb, 0xbf, 0x61).name()).toBe('\ufeffa')
  })

  test('a name that is not UTF-8 is refused', () => {
    expect(() => reader(2, 0xc3, 0x28).name()).toThrow('a name is not UTF-8, at byte 101')
  })
})
