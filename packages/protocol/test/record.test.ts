import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeRecords,
  Opcode,
  readRecords,
  recordBytes,
  RecordFlag,
  recordHeaderBytes,
  RecordType,
  writeRecord,
  type RawRecord,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

function record(fields: Partial<RawRecord> = {}): RawRecord {
  return { type: 2, flags: 0, code: 0, id: 0, payload: new Uint8Array(0), ...fields }
}

/** Records with payloads in hexadecimal, so that arrays of any kind compare. */
function plain(records: Iterable<RawRecord | undefined>): unknown[] {
  return [...records].map((each) => each && { ...each, payload: hexOf(each.payload) })
}

const anyRecord = fc.record({
  type: fc.nat(0xff),
  flags: fc.nat(0xff),
  code: fc.nat(0xffff),
  id: fc.nat(0xffffffff),
  payload: fc.uint8Array({ maxLength: 40 }),
})

describe('the bytes of a record', () => {
  test('are size, type, flags, code, id, length, payload and padding, little-endian', () => {
    const block = encodeRecords([
      record({ type: 0xa1, flags: 0xb2, code: 0xc3d4, id: 0xe5f60718, payload: text('abc') }),
    ])
    expect(hexOf(block)).toBe(unspaced('18000000 a1 b2 d4c3 1807f6e5 03000000 616263 0000000000'))
  })

  test.each([
    [0, 16],
    [1, 24],
    [7, 24],
    [8, 24],
    [9, 32],
    [16, 32],
  ])('with %i bytes of payload take %i bytes', (length, size) => {
    expect(recordBytes(length)).toBe(size)
    expect(encodeRecords([record({ payload: new Uint8Array(length) })]).length).toBe(size)
  })

  test('are counted without overflow for payloads of 2 GiB and more', () => {
    for (const length of [2 ** 31 - 24, 2 ** 31 - 23, 2 ** 31, 2 ** 32 - 24]) {
      const size = recordBytes(length)
      expect(size % 8).toBe(0)
      expect(size - length).toBeGreaterThanOrEqual(recordHeaderBytes)
      expect(size - length).toBeLessThan(recordHeaderBytes + 8)
    }
  })

  test('overwrite what was in the block, padding included, and nothing behind it', () => {
    const block = new Uint8Array(40).fill(0xff)
    const size = writeRecord(block, new DataView(block.buffer), 8, record({ payload: text('x') }))
    expect(size).toBe(24)
    expect(hexOf(block)).toBe(
      `${'ff'.repeat(8)}18000000020000000000000001000000${'7800000000000000'}${'ff'.repeat(8)}`,
    )
  })

  test('lie one after the other in a block of several', () => {
    const block = encodeRecords([record({ id: 1, payload: text('12345678') }), record({ id: 2 })])
    expect(hexOf(block)).toBe(
      unspaced(
        '18000000 02 00 0000 01000000 08000000 3132333435363738' +
          '10000000 02 00 0000 02000000 00000000',
      ),
    )
  })

  test('are none for no records', () => {
    expect(encodeRecords([]).length).toBe(0)
    expect([...readRecords(new Uint8Array(0))]).toEqual([])
  })
})

describe('the numbers in records', () => {
  test('of types, flags and opcodes never change: plugins in the field know them', () => {
    expect(RecordType).toEqual({
      open: 1,
      message: 2,
      close: 3,
      error: 4,
      drain: 5,
      reconnecting: 6,
      reconnected: 7,
      result: 16,
      failure: 17,
      request: 18,
      abort: 19,
      response: 32,
      body: 33,
      end: 34,
      failed: 35,
      cancel: 36,
      restart: 37,
      restored: 38,
      accepted: 39,
    })
    expect(RecordFlag).toEqual({ clean: 1, output: 1, taken: 2 })
    expect(Opcode).toEqual({ text: 1, binary: 2 })
    expect(recordHeaderBytes).toBe(16)
  })
})

describe('settled calls', () => {
  test('with an output are type 16 with flag 1', () => {
    const result = record({
      type: RecordType.result,
      flags: RecordFlag.output,
      id: 3,
      payload: text('ok'),
    })
    expect(hexOf(encodeRecords([result]))).toBe(
      unspaced('18000000 10 01 0000 03000000 02000000 6f6b 000000000000'),
    )
  })

  test('with an empty output differ from those with none by the flag', () => {
    const blocks = [RecordFlag.output, 0].map((flags) =>
      hexOf(encodeRecords([record({ type: RecordType.result, flags, id: 3 })])),
    )
    expect(blocks).toEqual(['10000000100100000300000000000000', '10000000100000000300000000000000'])
  })

  test('with an error are type 17, the error as JSON', () => {
    const payload = text('{"code":"EWS_PLUGIN"}')
    const block = encodeRecords([record({ type: RecordType.failure, id: 9, payload })])
    expect(hexOf(block)).toBe(`28000000110000000900000015000000${hexOf(payload)}000000`)
  })
})

describe('reading', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(anyRecord), (records) => {
        expect(plain(readRecords(encodeRecords(records)))).toEqual(plain(records))
      }),
    )
  })

  test('works in a block that is a part of a larger buffer', () => {
    const encoded = encodeRecords([record({ id: 7, payload: text('part') })])
    const buffer = new Uint8Array(encoded.length + 13).fill(0xee)
    buffer.set(encoded, 5)
    const block = buffer.subarray(5, 5 + encoded.length)
    expect(plain(readRecords(block))).toEqual([
      { type: 2, flags: 0, code: 0, id: 7, payload: hexOf(text('part')) },
    ])
  })

  test('copies no payload: each is a view of the block', () => {
    const block = encodeRecords([record({ payload: text('view') })])
    const [first] = readRecords(block)
    expect(first?.payload.buffer).toBe(block.buffer)
  })

  test('hands out records of unknown types, whose size leads to the next', () => {
    const block = encodeRecords([record({ type: 200, payload: text('new') }), record({ id: 4 })])
    expect([...readRecords(block)].map((each) => each?.type)).toEqual([200, 2])
  })

  test('accepts more padding than needed, as a later version may use it', () => {
    const block = bytesOfHex(
      '20000000 02 00 0100 05000000 01000000 61 00000000000000 1122334455667788' +
        '10000000 05 00 0000 05000000 00000000',
    )
    expect(plain(readRecords(block))).toEqual([
      { type: 2, flags: 0, code: 1, id: 5, payload: '61' },
      { type: 5, flags: 0, code: 0, id: 5, payload: '' },
    ])
  })
})

describe('a hostile block ends with undefined', () => {
  const good = '10000000 05 00 0000 05000000 00000000'

  test.each([
    ['a header that is cut short', '10000000 05 00 0000 05000000 000000'],
    ['a single byte', '10'],
    ['a size of zero', '00000000 02 00 0000 01000000 00000000'],
    ['a size below the header', '08000000 02 00 0000 01000000 00000000'],
    ['a size that is no multiple of 8', '14000000 02 00 0000 01000000 04000000 61626364'],
    ['a size beyond the block', '18000000 02 00 0000 01000000 00000000'],
    ['the largest size', 'ffffffff 02 00 0000 01000000 00000000'],
    ['the largest size that is a multiple of 8', 'f8ffffff 02 00 0000 01000000 00000000'],
    ['a length beyond its size', '10000000 02 00 0000 01000000 01000000'],
    ['the largest length', '10000000 02 00 0000 01000000 ffffffff'],
    ['a length that overflows 32 bits with the header', '10000000 02 00 0000 01000000 f0ffffff'],
    [
      'a length that reaches into padding of the next',
      '18000000 02 00 0000 01000000 09000000 0102030405060708 01',
    ],
  ])('for %s', (_what, hex) => {
    expect([...readRecords(bytesOfHex(hex))]).toEqual([undefined])
    const behind = plain(readRecords(bytesOfHex(good + hex)))
    expect(behind).toEqual([{ type: 5, flags: 0, code: 0, id: 5, payload: '' }, undefined])
  })

  test('and nothing behind the malformed record is read', () => {
    const block = bytesOfHex(`00000000 02 00 0000 01000000 00000000 ${good}`)
    expect([...readRecords(block)]).toEqual([undefined])
  })

  test('wherever it is cut but between two records', () => {
    const block = encodeRecords([
      record({ id: 1, payload: text('first') }),
      record({ id: 2, payload: text('second!!') }),
    ])
    for (let end = 1; end < block.length; end++) {
      const ids = [...readRecords(block.subarray(0, end))].map((each) => each?.id)
      const wanted = end < 24 ? [undefined] : end === 24 ? [1] : [1, undefined]
      expect(ids, `cut at ${end}`).toEqual(wanted)
    }
  })
})

describe('whatever bytes a guest sends', () => {
  /** The records before the malformed one; asserts that reading ends, in order, and within the block. */
  function sound(block: Uint8Array): RawRecord[] {
    const read = [...readRecords(block)]
    expect(read.length).toBeLessThanOrEqual(Math.floor(block.length / recordHeaderBytes) + 1)
    const malformed = read.indexOf(undefined)
    if (malformed !== -1) expect(malformed).toBe(read.length - 1)
    const records = read.filter((each) => each !== undefined)
    let end = 0
    for (const { payload } of records) {
      const start = payload.byteOffset - block.byteOffset
      expect(start).toBeGreaterThanOrEqual(end + recordHeaderBytes)
      end = start + payload.length
      expect(end).toBeLessThanOrEqual(block.length)
    }
    return records
  }

  test('reading ends, and every payload is inside the block', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (block) => void sound(block)))
  })

  test('a forged size or length harms no record before it', () => {
    const forged = fc.oneof(fc.nat(64), fc.integer({ min: 0, max: 0xffffffff }))
    const field = fc.constantFrom(0, 12)
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        field,
        forged,
        (records, at, offset, value) => {
          const victim = at % records.length
          const block = encodeRecords(records)
          const start = encodeRecords(records.slice(0, victim)).length
          new DataView(block.buffer).setUint32(start + offset, value, true)
          expect(plain(sound(block)).slice(0, victim)).toEqual(plain(records.slice(0, victim)))
        },
      ),
    )
  })
})
