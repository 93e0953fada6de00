import { expect, test } from 'vitest'
import { ByteWriter } from '../src/bytes/writer.js'
import { signedLeb128, unsignedLeb128 } from '../src/index.js'

function written(write: (writer: ByteWriter) => void, capacity?: number): number[] {
  const writer = new ByteWriter(capacity)
  write(writer)
  return [...writer.finish()]
}

test.each([0, 127, 128, 624485, 2 ** 31, 2 ** 32 - 1])('u32 %s is encoded as LEB128', (value) => {
  expect(written((writer) => writer.u32(value))).toEqual(unsignedLeb128(value))
})

test.each([0, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)])(
  's32 %s is encoded as LEB128',
  (value) => {
    expect(written((writer) => writer.s32(value))).toEqual(signedLeb128(value))
  },
)

test('addresses above 2 GiB are the negative numbers of an i32', () => {
  expect(written((writer) => writer.s32(2 ** 31 + 8))).toEqual([0x88, 0x80, 0x80, 0x80, 0x78])
})

test('memory grows as needed', () => {
  const bytes = written((writer) => {
    writer.u8(1)
    writer.put([2, 3, 4, 5, 6])
    writer.u8(7)
  }, 1)
  expect(bytes).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a name is UTF-8 behind its length in bytes', () => {
  expect(written((writer) => writer.name('aä'))).toEqual([0x03, 0x61, 0xc3, 0xa4])
})

test('what is finished owns a buffer of exactly its length', () => {
  const writer = new ByteWriter(100)
  writer.u8(1)
  expect(writer.finish().buffer.byteLength).toBe(1)
})
