import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cancelRecord, encodeRecords, readCancelReason, readRecords } from '../src/index.js'
import { bytesOfHex, hexOf, unspaced } from './hex.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a cancel record', () => {
  test('is type 36 with the id of the call and JSON', () => {
    const hex = hexOf(encodeRecords([cancelRecord(7, { name: 'AbortError', message: 'no' })]))
    const json = '{"name":"AbortError","message":"no"}'
    expect(hex.slice(0, 32)).toBe(unspaced('38000000 24 00 0000 07000000 24000000'))
    expect(hex.slice(32)).toBe(`${hexOf(utf8(json))}00000000`)
  })

  test('carries nothing but name and message', () => {
    const reason = { name: 'TimeoutError', message: 'late', stack: 'secret', code: 23 }
    const [record] = readRecords(encodeRecords([cancelRecord(1, reason)]))
    expect(record && new TextDecoder().decode(record.payload)).toBe(
      '{"name":"TimeoutError","message":"late"}',
    )
  })

  test('comes back as it was', () => {
    const texts = fc.record({ name: fc.string(), message: fc.string({ unit: 'grapheme' }) })
    fc.assert(
      fc.property(texts, fc.nat(0xffffffff), (reason, call) => {
        const [record] = readRecords(encodeRecords([cancelRecord(call, reason)]))
        expect(record?.id).toBe(call)
        expect(record && readCancelReason(record.payload)).toEqual(reason)
      }),
    )
  })

  test.each(['', '7b', '6e756c6c', '5b5d', 'ff', '7b226e616d65223a7b7d7d'])(
    'with the payload %s has an empty reason',
    (hex) => {
      expect(readCancelReason(bytesOfHex(hex))).toEqual({ name: '', message: '' })
    },
  )
})
