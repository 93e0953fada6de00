import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acceptedRecord,
  encodeRecords,
  readAccepted,
  readRecords,
  RecordType,
  type AcceptedSocket,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const visitor: AcceptedSocket = {
  socket: 7,
  name: 'chat',
  url: 'ws://a/x?y',
  protocol: 'v1',
  extensions: '',
  headers: { origin: 'https://a' },
  remoteAddress: '::1',
}

const empty = { name: '', url: '', protocol: '', extensions: '', headers: {}, remoteAddress: '' }

/** What an `accepted` record with this payload is read as. */
function read(payload: Uint8Array): AcceptedSocket {
  return readAccepted({ type: RecordType.accepted, flags: 0, code: 0, id: 7, payload })
}

function throughBytes(socket: AcceptedSocket): AcceptedSocket | undefined {
  const [record] = readRecords(encodeRecords([acceptedRecord(socket)]))
  return record && readAccepted(record)
}

test('is type 39 with the socket as id and everything else as JSON', () => {
  const hex = hexOf(encodeRecords([acceptedRecord(visitor)]))
  const json =
    '{"name":"chat","url":"ws://a/x?y","protocol":"v1","extensions":"",' +
    '"headers":{"origin":"https://a"},"remoteAddress":"::1"}'
  expect(json).toHaveLength(121)
  expect(hex.slice(0, 32)).toBe(unspaced('90000000 27 00 0000 07000000 79000000'))
  expect(hex.slice(32)).toBe(`${hexOf(utf8(json))}${'00'.repeat(7)}`)
})

test('comes back as it was', () => {
  const text = fc.string({ unit: 'binary' })
  const sockets = fc.record({
    socket: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    name: text,
    url: text,
    protocol: text,
    extensions: text,
    headers: fc.dictionary(fc.string(), text, { noNullPrototype: true }),
    remoteAddress: text,
  })
  fc.assert(
    fc.property(sockets, (socket) => {
      expect(JSON.stringify(throughBytes(socket))).toBe(JSON.stringify(socket))
    }),
  )
})

describe('with a payload that is wrong', () => {
  test.each(['', '{', 'null', '[]', '1', '"x"', '{}', '{"name":{"toString":1},"url":null}'])(
    'as %j is empty',
    (json) => {
      expect(read(utf8(json))).toStrictEqual({ socket: 7, ...empty })
    },
  )

  test('as no UTF-8 is empty', () => {
    expect(read(bytesOfHex('ff'))).toStrictEqual({ socket: 7, ...empty })
  })

  test.each([null, 1, 'x', ['x'], [['x', 'y']]])('headers as %j are none', (headers) => {
    expect(read(utf8(JSON.stringify({ headers }))).headers).toStrictEqual({})
  })

  test('headers that are no texts are left out', () => {
    const headers = { a: 'x', b: 1, c: null, d: ['x'], e: '' }
    expect(read(utf8(JSON.stringify({ headers }))).headers).toStrictEqual({ a: 'x', e: '' })
  })

  test('headers named as what prototypes have are headers like any other', () => {
    const { headers } = read(utf8('{"headers":{"__proto__":"a","constructor":"b"}}'))
    expect(Object.entries(headers)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })
})

test('whatever a record holds, it is read as something', () => {
  const json = fc.jsonValue().map((value) => utf8(JSON.stringify({ headers: value, url: value })))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), json), (payload) => {
      const { url, headers } = read(payload)
      expect(url).toBeTypeOf('string')
      for (const value of Object.values(headers)) expect(value).toBeTypeOf('string')
    }),
  )
})
