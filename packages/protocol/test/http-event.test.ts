import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeRecords,
  httpEventRecord,
  readRecords,
  recordHttpEvent,
  RecordType,
  type HttpEvent,
  type RawRecord,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The event's record as bytes, header apart from the payload with its padding. */
function bytesOf(event: HttpEvent): [header: string, payload: string] {
  const hex = hexOf(encodeRecords([httpEventRecord(event)]))
  return [hex.slice(0, 32), hex.slice(32)]
}

function raw(fields: Partial<RawRecord>): RawRecord {
  return { type: 0, flags: 0, code: 0, id: 1, payload: new Uint8Array(0), ...fields }
}

const response: HttpEvent = {
  type: 'response',
  request: 3,
  status: 200,
  statusText: 'OK',
  url: 'https://a.b/',
  redirected: false,
  headers: [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ],
}

describe('the bytes of', () => {
  test('a response are type 32 with JSON', () => {
    const json =
      '{"status":200,"statusText":"OK","url":"https://a.b/","redirected":false,' +
      '"headers":[["set-cookie","a=1"],["set-cookie","b=2"]]}'
    const [header, payload] = bytesOf(response)
    expect(header).toBe(unspaced('90000000 20 00 0000 03000000 7e000000'))
    expect(payload).toBe(`${hexOf(utf8(json))}0000`)
  })

  test('a piece of a body are type 33 with the bytes as they are', () => {
    const [header, payload] = bytesOf({ type: 'body', request: 3, data: bytesOfHex('00ff80') })
    expect(header).toBe(unspaced('18000000 21 00 0000 03000000 03000000'))
    expect(payload).toBe('00ff800000000000')
  })

  test('the end are type 34 without a payload', () => {
    expect(bytesOf({ type: 'end', request: 65536 })).toEqual([
      unspaced('10000000 22 00 0000 00000100 00000000'),
      '',
    ])
  })

  test('a failure are type 35 with JSON', () => {
    const error = { code: 'EWS_TLS', name: 'EwsError', message: 'no' }
    const [header, payload] = bytesOf({ type: 'failed', request: 3, error })
    expect(header).toBe(unspaced('48000000 23 00 0000 03000000 33000000'))
    expect(payload).toBe(`${hexOf(utf8(JSON.stringify(error)))}0000000000`)
  })
})

describe('through its record comes back', () => {
  const events: HttpEvent[] = [
    response,
    { type: 'body', request: 1, data: bytesOfHex('') },
    { type: 'end', request: 0xffffffff },
    {
      type: 'failed',
      request: 2,
      error: { code: 'EWS_LIMIT', name: 'EwsError', message: 'too long' },
    },
  ]
  test.each(events)('$type', (event) => {
    const [record] = readRecords(encodeRecords([httpEventRecord(event)]))
    expect(record && recordHttpEvent(record)).toEqual(event)
  })
})

test.each([0, 1, 5, 18, 19, 31, 36, 255])('a record of type %i is no event of HTTP', (type) => {
  expect(recordHttpEvent(raw({ type }))).toBeUndefined()
})

describe('a hostile record', () => {
  test.each(['', '{', 'null', '[]', '{"status":"200","url":1,"redirected":"yes","headers":{}}'])(
    'of type response with the payload %j has empty fields',
    (json) => {
      expect(recordHttpEvent(raw({ type: RecordType.response, payload: utf8(json) }))).toEqual({
        type: 'response',
        request: 1,
        status: 0,
        statusText: '',
        url: '',
        redirected: false,
        headers: [],
      })
    },
  )

  test('of type response loses headers that are no pairs', () => {
    const payload = utf8('{"headers":[["a","b","c"],["d"],"ef",null,[{"toString":1},2]]}')
    expect(recordHttpEvent(raw({ type: RecordType.response, payload }))).toMatchObject({
      headers: [
        ['a', 'b'],
        ['d', ''],
        ['', ''],
      ],
    })
  })

  test('never throws, whatever it holds', () => {
    const keys = fc.constantFrom('status', 'statusText', 'url', 'redirected', 'headers', 'code')
    const object = fc.dictionary(keys, fc.jsonValue()).map((value) => utf8(JSON.stringify(value)))
    const anyRecord = fc.record({
      type: fc.oneof(fc.constantFrom(...Object.values(RecordType)), fc.nat(255)),
      flags: fc.nat(255),
      code: fc.nat(0xffff),
      id: fc.nat(0xffffffff),
      payload: fc.oneof(fc.uint8Array(), object),
    })
    fc.assert(
      fc.property(anyRecord, (record) => {
        const event = recordHttpEvent(record)
        expect(event === undefined).toBe(record.type < 32 || record.type > 35)
      }),
    )
  })
})
