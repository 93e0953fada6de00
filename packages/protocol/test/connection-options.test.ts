import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EwsError, parseConnectRequest, type ConnectRequest } from '../src/index.js'

const url = 'wss://example.com/feed'

/** What comes of a field of a request. */
function parsed<Field extends keyof ConnectRequest>(
  field: Field,
  value: unknown,
): ConnectRequest[Field] {
  return parseConnectRequest(JSON.stringify({ url, [field]: value }))[field]
}

/** The message with which a field is refused. */
function refusal(field: keyof ConnectRequest, value: unknown): string {
  try {
    parsed(field, value)
  } catch (error) {
    expect(error).toBeInstanceOf(EwsError)
    expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
    return (error as EwsError).message
  }
  throw new Error(`accepted: ${JSON.stringify(value)?.slice(0, 200)}`)
}

/** Values that none of `names` may have, each as a pair. */
function pairs(values: Record<string, readonly unknown[]>): [name: string, value: unknown][] {
  return Object.entries(values).flatMap(([name, all]) =>
    all.map((value): [string, unknown] => [name, value]),
  )
}

const noObjects = [null, 1, '', 'true', [], [{}]]
const noTexts = [null, 1, true, '', {}, ['ping'], 'x'.repeat(1025)]
const noTimes = [null, '1000', true, {}, 999, 0, -1, 1000.5, 86_400_001, 1e300]

describe('reconnect', () => {
  test.each([
    true,
    false,
    {},
    { queue: true },
    { queue: false },
    { replay: [] },
    { replay: ['', 'subscribe', '🐌'] },
    { replay: [{ base64: '' }, { base64: 'AQ==' }, { base64: 'AQI=' }, { base64: '+/+/' }] },
    { replay: Array.from({ length: 1024 }, () => 'x') },
    { replay: ['x'.repeat(65_532), { base64: 'AQI=' }] },
    { attempts: 1 },
    { attempts: 2 ** 31 - 1 },
    { stopCodes: [] },
    { stopCodes: [1000, 4999, 1000] },
    { stopCodes: Array.from({ length: 256 }, (_, index) => 4000 + index) },
  ])('may be %j', (reconnect) => {
    expect(parsed('reconnect', reconnect)).toStrictEqual(reconnect)
  })

  test.each(noObjects)('must not be %j', (reconnect) => {
    const message = refusal('reconnect', reconnect)
    expect(message).toContain('"reconnect" must be a boolean or an object')
    expect(message).toContain(`got ${JSON.stringify(reconnect)}`)
  })

  test.each(
    pairs({
      queue: [null, 0, 'true', {}],
      replay: [null, 'subscribe', { base64: 'AQ==' }, [1], [null], [['a']], [{}]],
      attempts: [null, 0, -1, 1.5, '3', true, 2 ** 31, 1e300, [3]],
      stopCodes: [null, 4000, '4000', {}, ['4000'], [null], [999], [5000], [4000.5], [[4000]]],
    }),
  )('must not have a %s of %j', (name, value) => {
    const message = refusal('reconnect', { [name]: value })
    expect(message).toContain(`"reconnect.${name}" must be `)
    expect(message).toContain(`got ${JSON.stringify(value)}`)
  })

  test.each([
    'A',
    'AA',
    'AAA',
    'AQI',
    'A===',
    'AQ==AQ==',
    'AQI=\n',
    ' AQI=',
    '-_-_',
    'AQ=I',
    'é+/+',
  ])('must not replay bytes as %j, which is no base64', (base64) => {
    expect(refusal('reconnect', { replay: [{ base64 }] })).toContain('"reconnect.replay"')
  })

  test.each([null, 1, {}, ['AQ==']])('must not replay bytes as %j', (base64) => {
    expect(refusal('reconnect', { replay: [{ base64 }] })).toContain('{ base64: string }')
  })

  test.each([
    ['1,025 messages', Array.from({ length: 1025 }, () => '')],
    ['a text of 65,537 characters', ['x'.repeat(65_537)]],
    ['bytes whose base64 has 65,540', [{ base64: 'A'.repeat(65_540) }]],
    ['65,537 characters together', ['x'.repeat(65_533), { base64: 'AQI=' }]],
  ])('must not replay %s', (_what, replay) => {
    const message = refusal('reconnect', { replay })
    expect(message).toContain(
      'at most 1024 strings or { base64: string }, 65536 characters together',
    )
  })

  test('with a base64 of many megabytes is refused like any other', () => {
    const text = `{"url":"${url}","reconnect":{"replay":[{"base64":"${'A'.repeat(16 << 20)}"}]}}`
    expect(() => parseConnectRequest(text)).toThrow(
      expect.objectContaining({ code: 'EWS_BAD_REQUEST' }),
    )
  })

  test('must not have 257 close codes', () => {
    const stopCodes = Array.from({ length: 257 }, () => 4000)
    expect(refusal('reconnect', { stopCodes })).toContain('at most 256 close codes')
  })

  test('may have fields of later versions, which are left out', () => {
    const later = { backoff: 'none', replay: [{ base64: 'AQ==', compress: true }], attempts: 2 }
    const known = { replay: [{ base64: 'AQ==' }], attempts: 2 }
    expect(parsed('reconnect', later)).toStrictEqual(known)
  })

  test('cannot be supplied by way of a prototype', () => {
    const text = `{"url":"${url}","reconnect":{"__proto__":{"queue":false}}}`
    expect(parseConnectRequest(text).reconnect).toStrictEqual({})
  })
})

describe('keepAlive', () => {
  const least = { request: 'ping', intervalMs: 1000 }

  test.each([
    least,
    { ...least, answer: 'pong' },
    { ...least, timeoutMs: 1000 },
    { request: 'x'.repeat(1024), intervalMs: 86_400_000, answer: '\0', timeoutMs: 86_400_000 },
  ])('may be %j', (keepAlive) => {
    expect(parsed('keepAlive', keepAlive)).toStrictEqual(keepAlive)
  })

  test.each([...noObjects, true, false])('must not be %j', (keepAlive) => {
    const message = refusal('keepAlive', keepAlive)
    expect(message).toContain(`"keepAlive" must be an object, got ${JSON.stringify(keepAlive)}`)
  })

  test.each(pairs({ request: noTexts, answer: noTexts, intervalMs: noTimes, timeoutMs: noTimes }))(
    'must not have %s %j',
    (name, value) => {
      const message = refusal('keepAlive', { ...least, [name]: value })
      expect(message).toContain(`"keepAlive.${name}" must be a `)
      expect(message).toContain(`got ${JSON.stringify(value).slice(0, 80)}`)
    },
  )

  test('needs a request and an interval', () => {
    expect(refusal('keepAlive', { intervalMs: 1000 })).toContain('"keepAlive.request"')
    expect(refusal('keepAlive', { request: 'ping' })).toContain('"keepAlive.intervalMs"')
  })
})

describe('autoAnswer', () => {
  const both = { request: 'ping', answer: 'pong' }

  test.each([both, { request: 'x'.repeat(1024), answer: 'x'.repeat(1024) }])(
    'may be %j',
    (autoAnswer) => {
      expect(parsed('autoAnswer', autoAnswer)).toStrictEqual(autoAnswer)
    },
  )

  test.each([...noObjects, true])('must not be %j', (autoAnswer) => {
    const message = refusal('autoAnswer', autoAnswer)
    expect(message).toContain(`"autoAnswer" must be an object, got ${JSON.stringify(autoAnswer)}`)
  })

  test.each(pairs({ request: noTexts, answer: noTexts }))('must not have %s %j', (name, value) => {
    const message = refusal('autoAnswer', { ...both, [name]: value })
    expect(message).toContain(`"autoAnswer.${name}" must be a string of 1 to 1024 characters`)
    expect(message).toContain(`got ${JSON.stringify(value).slice(0, 80)}`)
  })

  test('needs both', () => {
    expect(refusal('autoAnswer', { answer: 'a' })).toContain('"autoAnswer.request"')
    expect(refusal('autoAnswer', { request: 'a' })).toContain('"autoAnswer.answer"')
  })
})

test('whatever a guest wishes for, the answer is a request or EWS_BAD_REQUEST', () => {
  const names = ['queue', 'replay', 'attempts', 'stopCodes', 'request', 'answer', 'intervalMs']
  const value = fc.oneof(
    fc.jsonValue(),
    fc.boolean(),
    fc.integer({ min: -1, max: 100_000 }),
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.record({ base64: fc.base64String() }))),
  )
  const option = fc.oneof(
    value,
    fc.dictionary(fc.constantFrom(...names, 'timeoutMs', '__proto__'), value),
  )
  const wishes = fc.record({ reconnect: option, keepAlive: option, autoAnswer: option })
  fc.assert(
    fc.property(fc.oneof(wishes, fc.record({ reconnect: option })), (wish) => {
      try {
        const request = parseConnectRequest(JSON.stringify({ url, ...wish }))
        // What was taken over is taken over again.
        expect(parseConnectRequest(JSON.stringify(request))).toStrictEqual(request)
      } catch (error) {
        expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
      }
    }),
  )
})
