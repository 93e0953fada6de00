import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  abortRecord,
  decodeHttpRequest,
  encodeHttpRequest,
  encodeRecords,
  EwsError,
  maxRequestHeadBytes,
  requestRecord,
  type HttpRequest,
} from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const nothing: Uint8Array = new Uint8Array(0)

const get: HttpRequest = {
  method: 'GET',
  url: 'https://a.b/',
  headers: [],
  redirect: 'follow',
  body: nothing,
}

/** A payload with this text where the head belongs. */
function payloadOf(head: string, body = nothing): Uint8Array {
  const bytes = utf8(head)
  const payload = new Uint8Array(4 + bytes.length + body.length)
  new DataView(payload.buffer).setUint32(0, bytes.length, true)
  payload.set(bytes, 4)
  payload.set(body, 4 + bytes.length)
  return payload
}

/** The message of the rejection, which must be an EWS_BAD_REQUEST. */
function rejection(payload: Uint8Array): string {
  try {
    decodeHttpRequest(payload)
  } catch (error) {
    expect(error).toBeInstanceOf(EwsError)
    expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
    return (error as EwsError).message
  }
  throw new Error(`accepted: ${hexOf(payload)}`)
}

describe('the bytes of', () => {
  test('a request are type 18, the length of its head, the head and the body', () => {
    const head = '{"method":"PUT","url":"https://a.b/","headers":[["A","b"]],"redirect":"manual"}'
    const record = requestRecord(7, {
      method: 'PUT',
      url: 'https://a.b/',
      headers: [['A', 'b']],
      redirect: 'manual',
      body: bytesOfHex('00ff'),
    })
    const hex = hexOf(encodeRecords([record]))
    expect(hex.slice(0, 32)).toBe(unspaced('68000000 12 00 0000 07000000 55000000'))
    expect(hex.slice(32)).toBe(`4f000000${hexOf(utf8(head))}00ff000000`)
  })

  test('an abort are type 19 without a payload', () => {
    expect(hexOf(encodeRecords([abortRecord(7)]))).toBe(
      unspaced('10000000 13 00 0000 07000000 00000000'),
    )
  })
})

describe('a request', () => {
  test('comes back as it was, its body as a view', () => {
    const payload = encodeHttpRequest({ ...get, body: bytesOfHex('0102') })
    const request = decodeHttpRequest(payload)
    expect(request).toEqual({ ...get, body: bytesOfHex('0102') })
    expect(request.body.buffer).toBe(payload.buffer)
  })

  test('comes back whatever its texts and bytes are', () => {
    const requests = fc.record({
      method: fc.string({ unit: 'binary' }),
      url: fc.string({ unit: 'binary' }),
      headers: fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' }))),
      redirect: fc.constantFrom('follow', 'error', 'manual'),
      body: fc.uint8Array(),
    })
    fc.assert(
      fc.property(requests, (request) => {
        expect(decodeHttpRequest(encodeHttpRequest(request))).toEqual(request)
      }),
    )
  })

  test('may have fields of later versions, which are left out', () => {
    const { body, ...head } = get
    const payload = payloadOf(JSON.stringify({ ...head, priority: 'high' }), body)
    expect(decodeHttpRequest(payload)).toEqual(get)
  })

  test('may be read from the middle of a block', () => {
    const payload = encodeHttpRequest(get)
    const block = new Uint8Array(payload.length + 3)
    block.set(payload, 3)
    expect(decodeHttpRequest(block.subarray(3))).toEqual(get)
  })
})

describe('a hostile request', () => {
  test.each([
    ['', 'has 0 bytes, fewer than the 4'],
    ['000000', 'has 3 bytes, fewer than the 4'],
    ['01000000', 'has 0 bytes behind the length, which says 1 of head'],
    ['ffffffff 7b7d', 'has 2 bytes behind the length, which says 4294967295 of head'],
    ['00000000', 'not JSON'],
    ['01000000 ff', 'not UTF-8'],
  ])('of the bytes %j is refused', (hex, message) => {
    expect(rejection(bytesOfHex(hex))).toContain(message)
  })

  test.each([
    ['{', 'not JSON: {'],
    ['null', 'not a JSON object: null'],
    ['1', 'not a JSON object: 1'],
    ['[]', 'needs "method" to be a string, got undefined'],
    ['{"method":1}', 'needs "method" to be a string, got 1'],
    ['{"__proto__":{"method":"GET"}}', 'needs "method" to be a string, got undefined'],
    ['{"method":"GET","url":{}}', 'needs "url" to be a string, got {}'],
    ['{"method":"GET","url":"u"}', 'needs "headers" to be an array'],
    ['{"method":"GET","url":"u","headers":{"a":"b"}}', 'got {"a":"b"}'],
    ['{"method":"GET","url":"u","headers":[["a"]]}', 'got [["a"]]'],
    ['{"method":"GET","url":"u","headers":[["a",1]]}', 'got [["a",1]]'],
    ['{"method":"GET","url":"u","headers":["ab"]}', 'got ["ab"]'],
    ['{"method":"GET","url":"u","headers":[]}', '"error" or "manual", got undefined'],
    ['{"method":"GET","url":"u","headers":[],"redirect":"x"}', '"error" or "manual", got "x"'],
  ])('with the head %s is refused', (head, message) => {
    expect(rejection(payloadOf(head))).toContain(message)
  })

  test('with a head above its limit is refused before it is parsed', () => {
    const url = 'x'.repeat(maxRequestHeadBytes)
    expect(rejection(encodeHttpRequest({ ...get, url }))).toContain('at most 262144 are allowed')
  })

  test('gets a short message, however long or deep its values are', () => {
    const long = `{"method":["${'x'.repeat(100_000)}"]}`
    const deep = `{"method":${'['.repeat(60_000)}${']'.repeat(60_000)}}`
    for (const head of [long, deep]) expect(rejection(payloadOf(head)).length).toBeLessThan(300)
  })

  test('never makes the reader throw anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
        try {
          decodeHttpRequest(payload)
        } catch (error) {
          expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
        }
      }),
    )
  })
})
