import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  errorCodeOf,
  errorData,
  errorFrom,
  errorNumbers,
  EwsError,
  isErrorCode,
  type ErrorCode,
} from '../src/index.js'

const codes = Object.keys(errorNumbers) as ErrorCode[]
const anyCode = fc.constantFrom(...codes)
const prototypeNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

describe('EwsError', () => {
  test('is an Error with a code, a name and a message', () => {
    const error = new EwsError('EWS_DENIED', 'not on the list')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'EwsError',
      code: 'EWS_DENIED',
      message: 'not on the list',
    })
    expect(String(error)).toBe('EwsError: not on the list')
  })

  test('keeps the cause, even an undefined one that was given', () => {
    const cause = new TypeError('below')
    expect(new EwsError('EWS_TLS', 'x', { cause }).cause).toBe(cause)
    expect(Object.hasOwn(new EwsError('EWS_TLS', 'x', { cause: undefined }), 'cause')).toBe(true)
    expect(Object.hasOwn(new EwsError('EWS_TLS', 'x'), 'cause')).toBe(false)
  })

  test('has only those facts that were given', () => {
    expect(Object.keys(new EwsError('EWS_TOO_SMALL', 'x', { needed: 0 }))).toContain('needed')
    const bare = new EwsError('EWS_TOO_SMALL', 'x')
    expect('needed' in bare).toBe(false)
    expect('status' in bare).toBe(false)
  })

  test.each(codes)('%s crosses the boundary as a negative number, never as success', (code) => {
    const { errno } = new EwsError(code, 'x')
    expect(errno).toBeLessThan(0)
    const own = errorNumbers[code]
    expect(errno).toBe(own === 0 ? errorNumbers.EWS_INTERNAL : own)
  })
})

describe('errorData', () => {
  test('is plain data without stack and cause', () => {
    const error = new EwsError('EWS_HANDSHAKE', 'no', { status: 403, cause: new Error('inner') })
    expect(errorData(error)).toStrictEqual({
      code: 'EWS_HANDSHAKE',
      name: 'EwsError',
      message: 'no',
      status: 403,
    })
  })

  test('survives JSON and errorFrom with everything it says', () => {
    const facts = fc.record({ needed: fc.nat(), status: fc.nat() }, { requiredKeys: [] })
    fc.assert(
      fc.property(anyCode, fc.string({ unit: 'binary' }), facts, (code, message, extra) => {
        const data = errorData(new EwsError(code, message, extra))
        const arrived = errorFrom(JSON.parse(JSON.stringify(data)))
        expect(errorData(arrived)).toStrictEqual(data)
      }),
    )
  })
})

describe('errorFrom', () => {
  test('makes an error of anything, always with a code of the table', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (data) => {
        const error = errorFrom(data)
        expect(error).toBeInstanceOf(EwsError)
        expect(codes).toContain(error.code)
        expect(error.errno).toBeLessThan(0)
      }),
    )
  })

  test.each([undefined, null, 1, 'EWS_DENIED', [], {}, { code: 1, message: 2 }])(
    '%j says nothing, so it is an unknown failure',
    (data) => {
      expect(errorFrom(data)).toMatchObject({ code: 'EWS_INTERNAL', message: 'unknown failure' })
    },
  )

  test.each(['EWS_FROM_THE_FUTURE', 'ews_denied', '', ...prototypeNames])(
    'the unknown code "%s" becomes EWS_INTERNAL and the message stays',
    (code) => {
      expect(errorFrom({ code, message: 'why' })).toMatchObject({
        code: 'EWS_INTERNAL',
        message: 'why',
      })
    },
  )

  test('does not take over the name, the stack or other fields that the other side made up', () => {
    const error = errorFrom({
      code: 'EWS_TLS',
      message: 'm',
      name: 'X',
      stack: 's',
      errno: 7,
      admin: 1,
    })
    expect(error.name).toBe('EwsError')
    expect(error.stack).not.toBe('s')
    expect(error.errno).toBe(-5)
    expect(error).not.toHaveProperty('admin')
  })

  test('facts of the wrong type are left out', () => {
    const error = errorFrom({ code: 'EWS_TOO_SMALL', message: 'm', needed: '9', status: null })
    expect('needed' in error).toBe(false)
    expect('status' in error).toBe(false)
  })
})

describe('isErrorCode', () => {
  test('knows every code of the table', () => {
    expect(codes.every(isErrorCode)).toBe(true)
  })

  test.each(prototypeNames)('does not take the inherited property "%s" for a code', (name) => {
    expect(isErrorCode(name)).toBe(false)
  })
})

describe('errorCodeOf', () => {
  test.each(Object.entries(errorNumbers).filter(([, errno]) => errno !== 0))(
    'finds %s by its number',
    (code, errno) => {
      expect(errorCodeOf(errno)).toBe(code)
    },
  )

  test('answers EWS_INTERNAL for 0, which is no error, and for numbers of no code', () => {
    for (const errno of [0, -0, 1, -1000, -1.5, NaN, -Infinity, -(2 ** 31)]) {
      expect(errorCodeOf(errno)).toBe('EWS_INTERNAL')
    }
  })
})
