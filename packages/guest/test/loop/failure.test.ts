import { EwsError } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'

import { failureOf, failureText } from '../../src/loop/index.js'

function withoutDescription(): unknown {
  const value = Object.create(null) as { self?: unknown }
  // JSON refuses the cycle, and there is no toString.
  value.self = value
  return value
}

describe('what was thrown', () => {
  test('an error keeps its name, message and stack', () => {
    const error = new RangeError('out of range')
    expect(failureOf(error)).toEqual({
      code: 'EWS_PLUGIN',
      name: 'RangeError',
      message: 'out of range',
      stack: error.stack,
    })
  })

  test("frames of the engine's own scripts are left out", () => {
    const error = new Error('no')
    error.stack =
      '    at parse (<null>:0:1)\n    at run (plugin.js:3:4)\n    at call (<null>:0:1)\n'
    expect(failureOf(error).stack).toBe('    at run (plugin.js:3:4)\n')
  })

  test("an author's own class keeps its name", () => {
    class PriceError extends Error {
      override name = 'PriceError'
    }
    expect(failureOf(new PriceError('too high'))).toMatchObject({ name: 'PriceError' })
  })

  test("an error of this toolkit keeps its code, so does another copy's", () => {
    expect(failureOf(new EwsError('EWS_DENIED', 'no'))).toMatchObject({
      code: 'EWS_DENIED',
      name: 'EwsError',
    })
    const foreign = Object.assign(new Error('no'), { code: 'EWS_CLOSED' })
    expect(failureOf(foreign).code).toBe('EWS_CLOSED')
  })

  test.each([['ECONNRESET'], [42], [undefined]])("other codes are the author's: %j", (code) => {
    expect(failureOf(Object.assign(new Error('x'), { code })).code).toBe('EWS_PLUGIN')
  })

  test('an error without a stack has an empty one', () => {
    const error = new Error('x')
    delete error.stack
    expect(failureOf(error).stack).toBe('')
  })

  test('the error by which the engine ends an entry is a timeout', () => {
    const error = Object.assign(new Error('interrupted'), { name: 'InternalError' })
    expect(failureOf(error)).toEqual({
      code: 'EWS_TIMEOUT',
      name: 'EwsError',
      message: 'the plugin did not return within its time limit: do less work between two awaits',
      stack: error.stack,
    })
  })

  test('other errors of the engine are not', () => {
    const error = Object.assign(new Error('out of memory'), { name: 'InternalError' })
    expect(failureOf(error)).toMatchObject({ code: 'EWS_PLUGIN', name: 'InternalError' })
  })

  test.each([
    ['text', 'plain text', 'plain text'],
    ['an object', { reason: 'x' }, '{"reason":"x"}'],
    ['a number', 42, '42'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a BigInt', 10n, '10'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
  ])('%s becomes the message', (_, thrown, message) => {
    expect(failureOf(thrown)).toEqual({ code: 'EWS_PLUGIN', name: 'Error', message, stack: '' })
  })

  test.each([
    ['an object without text', withoutDescription],
    [
      'an error whose message is a getter that throws',
      () =>
        Object.defineProperty(new Error('x'), 'message', {
          get: () => {
            throw new Error('hidden')
          },
        }),
    ],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        return proxy
      },
    ],
  ])('%s is described all the same', (_, make) => {
    expect(failureOf(make())).toEqual({
      code: 'EWS_PLUGIN',
      name: 'Error',
      message: 'a value without a description',
      stack: '',
    })
  })
})

describe('as text', () => {
  test('name and message come first, then the stack', () => {
    const failure = { code: 'EWS_PLUGIN', name: 'TypeError', message: 'no', stack: '    at f\n' }
    expect(failureText(failure)).toBe('TypeError: no\n    at f')
  })

  test('without a stack it is one line', () => {
    const failure = { code: 'EWS_PLUGIN', name: 'Error', message: 'no', stack: '' }
    expect(failureText(failure)).toBe('Error: no')
  })
})
