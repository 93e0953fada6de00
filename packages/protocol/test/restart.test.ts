import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeRecords,
  EwsError,
  errorData,
  readRecords,
  readRestart,
  readRestored,
  RecordType,
  restartRecord,
  restoredRecord,
  type RestoredSocket,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const feed: RestoredSocket = {
  socket: 7,
  name: 'feed',
  url: 'wss://a/',
  protocol: '',
  extensions: '',
  state: 'open',
  attachment: Uint8Array.of(1, 2, 3),
}

function joined(...parts: Uint8Array[]): Uint8Array {
  // Not a Buffer, whose `slice` copies nothing.
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** A `restored` record with this payload. */
function restored(payload: Uint8Array): ReturnType<typeof restoredRecord> {
  return { type: RecordType.restored, flags: 0, code: 0, id: 7, payload }
}

describe('a restart record', () => {
  test('is type 37 with id 0 and the failure as JSON', () => {
    const reason = errorData(new EwsError('EWS_TRAPPED', 'no'))
    const hex = hexOf(encodeRecords([restartRecord(reason)]))
    const json = '{"code":"EWS_TRAPPED","name":"EwsError","message":"no"}'
    expect(hex.slice(0, 32)).toBe(unspaced('48000000 25 00 0000 00000000 37000000'))
    expect(hex.slice(32)).toBe(`${hexOf(utf8(json))}00`)
    expect(readRestart(utf8(json))).toEqual(reason)
  })

  test.each(['', '7b', '6e756c6c', '7b7d', 'ff', '7b22636f6465223a317d'])(
    'with the payload %s has a reason that nobody knows',
    (hex) => {
      expect(readRestart(bytesOfHex(hex))).toMatchObject({ code: 'EWS_INTERNAL' })
    },
  )
})

describe('a restored record', () => {
  test('is type 38 with the socket as id, and JSON between its length and the attachment', () => {
    const hex = hexOf(encodeRecords([restoredRecord(feed)]))
    const json = '{"name":"feed","url":"wss://a/","protocol":"","extensions":"","state":"open"}'
    expect(json).toHaveLength(77)
    expect(hex.slice(0, 40)).toBe(unspaced('68000000 26 00 0000 07000000 54000000 4d000000'))
    expect(hex.slice(40)).toBe(`${hexOf(utf8(json))}010203${'00'.repeat(4)}`)
  })

  test('comes back as it was', () => {
    const sockets = fc.record({
      socket: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      name: fc.string({ unit: 'grapheme' }),
      url: fc.webUrl(),
      protocol: fc.string(),
      extensions: fc.string(),
      state: fc.constantFrom('connecting' as const, 'open' as const, 'closing' as const),
      attachment: fc.uint8Array(),
    })
    fc.assert(
      fc.property(sockets, (socket) => {
        const [record] = readRecords(encodeRecords([restoredRecord(socket)]))
        expect(record && readRestored(record)).toEqual(socket)
      }),
    )
  })

  test('may lie anywhere in a block, and its attachment is a copy', () => {
    const block = encodeRecords([restartRecord(errorData(new EwsError('EWS_RESTARTED', 'x')))])
    const both = joined(new Uint8Array(8), block, encodeRecords([restoredRecord(feed)]))
    const [, record] = readRecords(both.subarray(8))
    const read = record && readRestored(record)
    both.fill(0)
    expect(read).toEqual(feed)
  })

  const empty = { socket: 7, name: '', url: '', protocol: '', extensions: '', state: 'closed' }

  test.each([
    ['nothing at all', ''],
    ['half of a length', '0100'],
    ['no JSON', '00000000'],
    ['a length beyond the end', 'ffffffff 7b7d'],
    ['JSON that is none', '02000000 7b22'],
    ['JSON that is no object', '04000000 6e756c6c'],
  ])('with %s is empty', (_name, hex) => {
    const read = readRestored(restored(bytesOfHex(hex)))
    expect(read).toEqual({ ...empty, attachment: new Uint8Array(0) })
  })

  test('with fields of the wrong type keeps its attachment', () => {
    const json = utf8('{"name":1,"url":null,"protocol":["x"],"state":"odd","more":true}')
    const payload = joined(Uint8Array.of(json.length, 0, 0, 0), json, Uint8Array.of(9))
    expect(readRestored(restored(payload))).toEqual({ ...empty, attachment: Uint8Array.of(9) })
  })
})

test('whatever a record holds, it is read as something', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (payload) => {
      const read = readRestored(restored(payload))
      expect(['connecting', 'open', 'closing', 'closed']).toContain(read.state)
      expect(read.attachment.length).toBeLessThanOrEqual(payload.length)
      expect(readRestart(payload).code).toMatch(/^EWS_/)
    }),
  )
})
