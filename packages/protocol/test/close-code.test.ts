import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CloseCode, isSendable, maxReasonBytes } from '../src/index.js'

describe('an application may send', () => {
  test.each([1000, 3000, 3999, 4000, 4999])('%i', (code) => {
    expect(isSendable(code)).toBe(true)
  })

  test('any whole number from 3000 to 4999', () => {
    fc.assert(fc.property(fc.integer({ min: 3000, max: 4999 }), isSendable))
  })
})

describe('an application may not send', () => {
  test.each([
    0, -1, 999, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1015, 2999, 5000, 65536,
  ])('%i', (code) => {
    expect(isSendable(code)).toBe(false)
  })

  test.each([3000.5, 4998.999, NaN, Infinity, -Infinity])(
    '%d, which is no whole number',
    (code) => {
      expect(isSendable(code)).toBe(false)
    },
  )

  test('anything outside 3000 to 4999, but 1000', () => {
    const others = fc.oneof(fc.integer({ max: 2999 }), fc.integer({ min: 5000 }))
    fc.assert(fc.property(others, (code) => isSendable(code) === (code === 1000)))
  })
})

test("the named codes are those of RFC 6455, section 7.4.1, and of IANA's registry", () => {
  expect(CloseCode).toEqual({
    normal: 1000,
    goingAway: 1001,
    protocolError: 1002,
    unsupportedData: 1003,
    noStatus: 1005,
    abnormal: 1006,
    invalidData: 1007,
    policyViolation: 1008,
    messageTooBig: 1009,
    mandatoryExtension: 1010,
    internalError: 1011,
    tryAgainLater: 1013,
  })
})

test('a reason and the code fit in the 125 bytes of a control frame', () => {
  expect(maxReasonBytes + 2).toBe(125)
})
