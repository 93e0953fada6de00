import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeRecords,
  eventRecord,
  readRecords,
  recordEvent,
  RecordType,
  type RawRecord,
  type SocketEvent,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The event's record as bytes, header apart from the payload with its padding. */
function bytesOf(event: SocketEvent): [header: string, payload: string] {
  const hex = hexOf(encodeRecords([eventRecord(event)]))
  return [hex.slice(0, 32), hex.slice(32)]
}

function throughBytes(event: SocketEvent): SocketEvent | undefined {
  const [record] = readRecords(encodeRecords([eventRecord(event)]))
  return record && recordEvent(record)
}

function raw(fields: Partial<RawRecord>): RawRecord {
  return { type: 0, flags: 0, code: 0, id: 1, payload: new Uint8Array(0), ...fields }
}

const lost = { attempt: 2, delayMs: 400, code: 1006, reason: 'x' }
const regained = { url: 'wss://a.b/', protocol: 'v1', extensions: '', attempts: 3, dropped: 1 }

describe('the bytes of', () => {
  test('open are type 1 with JSON', () => {
    const json = '{"url":"wss://a.b/","protocol":"v1","extensions":""}'
    const [header, payload] = bytesOf({
      type: 'open',
      socket: 3,
      url: 'wss://a.b/',
      protocol: 'v1',
      extensions: '',
    })
    expect(header).toBe(unspaced('48000000 01 00 0000 03000000 34000000'))
    expect(payload).toBe(`${hexOf(utf8(json))}00000000`)
  })

  test('a text message are type 2 with opcode 1 and its UTF-8', () => {
    const [header, payload] = bytesOf({ type: 'message', socket: 1, kind: 1, data: utf8('é€') })
    expect(header).toBe(unspaced('18000000 02 00 0100 01000000 05000000'))
    expect(payload).toBe('c3a9e282ac000000')
  })

  test('a binary message are type 2 with opcode 2 and the data as it is', () => {
    const data = new Uint8Array([0, 255, 0, 128, 1, 2, 3, 4])
    const [header, payload] = bytesOf({ type: 'message', socket: 65536, kind: 2, data })
    expect(header).toBe(unspaced('18000000 02 00 0200 00000100 08000000'))
    expect(payload).toBe('00ff008001020304')
  })

  test('a clean close are type 3 with flag 1, the code and the reason', () => {
    const [header, payload] = bytesOf({
      type: 'close',
      socket: 2,
      code: 1000,
      reason: 'bye',
      wasClean: true,
    })
    expect(header).toBe(unspaced('18000000 03 01 e803 02000000 03000000'))
    expect(payload).toBe('6279650000000000')
  })

  test('a lost connection are type 3 without the flag, and code 1006', () => {
    const close: SocketEvent = { type: 'close', socket: 2, code: 1006, reason: '', wasClean: false }
    expect(bytesOf(close)).toEqual([unspaced('10000000 03 00 ee03 02000000 00000000'), ''])
  })

  test('an error are type 4 with JSON', () => {
    const error = { code: 'EWS_HANDSHAKE', name: 'EwsError', message: 'no', status: 403 }
    const [header, payload] = bytesOf({ type: 'error', socket: 1, error })
    expect(header).toBe(unspaced('58000000 04 00 0000 01000000 46000000'))
    const json = '{"code":"EWS_HANDSHAKE","name":"EwsError","message":"no","status":403}'
    expect(payload).toBe(`${hexOf(utf8(json))}0000`)
  })

  test('drain are a header of type 5', () => {
    expect(bytesOf({ type: 'drain', socket: 4 })).toEqual([
      unspaced('10000000 05 00 0000 04000000 00000000'),
      '',
    ])
  })

  test('reconnecting are type 6 with JSON', () => {
    const [header, payload] = bytesOf({ type: 'reconnecting', socket: 3, ...lost })
    expect(header).toBe(unspaced('48000000 06 00 0000 03000000 34000000'))
    const json = '{"attempt":2,"delayMs":400,"code":1006,"reason":"x"}'
    expect(payload).toBe(`${hexOf(utf8(json))}00000000`)
  })

  test('reconnected are type 7 with JSON', () => {
    const [header, payload] = bytesOf({ type: 'reconnected', socket: 3, ...regained })
    expect(header).toBe(unspaced('60000000 07 00 0000 03000000 4d000000'))
    const json = '{"url":"wss://a.b/","protocol":"v1","extensions":"","attempts":3,"dropped":1}'
    expect(payload).toBe(`${hexOf(utf8(json))}000000`)
  })
})

test("a message's payload is referred to, not copied", () => {
  const data = utf8('large')
  expect(eventRecord({ type: 'message', socket: 1, kind: 1, data }).payload).toBe(data)
})

describe('an event arrives as it was sent', () => {
  const socket = fc.nat(0xffffffff)
  const text = fc.string({ unit: 'binary' })

  test('open', () => {
    fc.assert(
      fc.property(socket, text, text, text, (id, url, protocol, extensions) => {
        const event = { type: 'open' as const, socket: id, url, protocol, extensions }
        expect(throughBytes(event)).toStrictEqual(event)
      }),
    )
  })

  test('message', () => {
    fc.assert(
      fc.property(socket, fc.constantFrom(1, 2), fc.uint8Array(), (id, kind, data) => {
        const event = { type: 'message' as const, socket: id, kind, data }
        expect(throughBytes(event)).toEqual(event)
      }),
    )
  })

  test('close', () => {
    fc.assert(
      fc.property(socket, fc.nat(0xffff), text, fc.boolean(), (id, code, reason, wasClean) => {
        const event = { type: 'close' as const, socket: id, code, reason, wasClean }
        expect(throughBytes(event)).toStrictEqual(event)
      }),
    )
  })

  test('close, with a byte order mark at the front of its reason', () => {
    const event: SocketEvent = {
      type: 'close',
      socket: 1,
      code: 3000,
      reason: '\uFEFFreason',
      wasClean: true,
    }
    expect(throughBytes(event)).toStrictEqual(event)
  })

  test('error', () => {
    const error = { code: 'EWS_TOO_SMALL', name: 'EwsError', message: 'm', needed: 24 }
    const event: SocketEvent = { type: 'error', socket: 1, error }
    expect(throughBytes(event)).toStrictEqual(event)
  })

  test('drain', () => {
    const event: SocketEvent = { type: 'drain', socket: 0xffffffff }
    expect(throughBytes(event)).toStrictEqual(event)
  })

  const count = fc.nat(2 ** 31 - 1)

  test('reconnecting', () => {
    const infos = fc.record({ attempt: count, delayMs: count, code: fc.nat(4999), reason: text })
    fc.assert(
      fc.property(socket, infos, (id, info) => {
        const event = { type: 'reconnecting' as const, socket: id, ...info }
        expect(throughBytes(event)).toStrictEqual(event)
      }),
    )
  })

  test('reconnected', () => {
    const texts = { url: text, protocol: text, extensions: text }
    const infos = fc.record({ ...texts, attempts: count, dropped: count })
    fc.assert(
      fc.property(socket, infos, (id, info) => {
        const event = { type: 'reconnected' as const, socket: id, ...info }
        expect(throughBytes(event)).toStrictEqual(event)
      }),
    )
  })
})

test('what the host knows besides of a reconnect does not cross', () => {
  const event = { type: 'reconnected' as const, socket: 1, ...regained, secret: 'x' }
  expect(throughBytes(event)).toStrictEqual({ type: 'reconnected', socket: 1, ...regained })
})

describe('a record that is no event', () => {
  test.each([0, 8, 15, RecordType.result, RecordType.failure, 18, 39, 255])(
    'of type %i is none',
    (type) => {
      expect(recordEvent(raw({ type }))).toBeUndefined()
    },
  )
})

describe('a hostile record', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '1',
    '"x"',
    '{"url":{"toString":1}}',
    '{"url":{"toString":1,"valueOf":1}}',
  ])('of type open with the payload %j has empty fields', (json) => {
    expect(recordEvent(raw({ type: RecordType.open, payload: utf8(json) }))).toStrictEqual({
      type: 'open',
      socket: 1,
      url: '',
      protocol: '',
      extensions: '',
    })
  })

  test('of type open cannot supply fields by way of a prototype', () => {
    const payload = utf8('{"__proto__":{"url":"wss://evil.example"}}')
    expect(recordEvent(raw({ type: RecordType.open, payload }))).toMatchObject({ url: '' })
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"attempt":"1","attempts":"1","delayMs":null,"dropped":true,"code":[1006],"reason":7,"url":{}}',
    '{"__proto__":{"attempt":1,"attempts":1,"url":"wss://evil.example","reason":"x"}}',
  ])('of a reconnect with the payload %j has empty fields and zeros', (json) => {
    const payload = utf8(json)
    expect(recordEvent(raw({ type: RecordType.reconnecting, payload }))).toStrictEqual({
      ...{ type: 'reconnecting', socket: 1 },
      ...{ attempt: 0, delayMs: 0, code: 0, reason: '' },
    })
    expect(recordEvent(raw({ type: RecordType.reconnected, payload }))).toStrictEqual({
      ...{ type: 'reconnected', socket: 1 },
      ...{ url: '', protocol: '', extensions: '', attempts: 0, dropped: 0 },
    })
  })

  test.each(['', 'null', '[]', '{"code":{"toString":1},"message":[]}', '{"code":"__proto__"}'])(
    'of type error with the payload %j is an unknown failure',
    (json) => {
      expect(recordEvent(raw({ type: RecordType.error, payload: utf8(json) }))).toStrictEqual({
        type: 'error',
        socket: 1,
        error: { code: 'EWS_INTERNAL', name: 'EwsError', message: 'unknown failure' },
      })
    },
  )

  test('of type close with a reason that is no UTF-8 gets replacement characters', () => {
    const payload = bytesOfHex('61ff62')
    expect(recordEvent(raw({ type: RecordType.close, payload }))).toMatchObject({
      reason: 'a\uFFFDb',
    })
  })

  test('never throws, whatever it holds', () => {
    const json = fc.jsonValue().map((value) => utf8(JSON.stringify(value)))
    const names = [
      'url',
      'protocol',
      'extensions',
      'code',
      'message',
      'needed',
      'attempt',
      'reason',
    ]
    const keys = fc.constantFrom(...names)
    const object = fc.dictionary(keys, fc.jsonValue()).map((value) => utf8(JSON.stringify(value)))
    const anyRecord = fc.record({
      type: fc.oneof(fc.constantFrom(...Object.values(RecordType)), fc.nat(255)),
      flags: fc.nat(255),
      code: fc.nat(0xffff),
      id: fc.nat(0xffffffff),
      payload: fc.oneof(fc.uint8Array(), json, object),
    })
    fc.assert(
      fc.property(anyRecord, (record) => {
        const event = recordEvent(record)
        expect(event === undefined).toBe(record.type < 1 || record.type > 7)
      }),
    )
  })
})
