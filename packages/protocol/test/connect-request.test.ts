import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EwsError, parseConnectRequest } from '../src/index.js'

const url = 'wss://example.com/feed'
const noBooleans = [null, 'true', 0, 1, {}, [true]]

/** The message of the rejection, which must be an EWS_BAD_REQUEST. */
function rejection(text: string): string {
  try {
    parseConnectRequest(text)
  } catch (error) {
    expect(error).toBeInstanceOf(EwsError)
    expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
    return (error as EwsError).message
  }
  throw new Error(`accepted: ${text}`)
}

describe('a bare URL', () => {
  test('is the whole request', () => {
    expect(parseConnectRequest(url)).toStrictEqual({ url })
  })

  test.each(['', ' ', 'nonsense', '"wss://example.com"', '[]', 'null'])(
    'is not judged here: %j is what the policy will refuse',
    (text) => {
      expect(parseConnectRequest(text)).toStrictEqual({ url: text })
    },
  )
})

describe('JSON', () => {
  test('with a URL alone has nothing else', () => {
    expect(parseConnectRequest(JSON.stringify({ url }))).toStrictEqual({ url })
  })

  test.each([true, false])('may want the host to wait: %j', (wait) => {
    expect(parseConnectRequest(JSON.stringify({ url, wait }))).toStrictEqual({ url, wait })
  })

  test.each(['x', ' ', '\0', 'Überblick 🐌', 'x'.repeat(256), '🐌'.repeat(128)])(
    'may give the socket the name %j',
    (name) => {
      expect(parseConnectRequest(JSON.stringify({ url, name }))).toStrictEqual({ url, name })
    },
  )

  test('with everything is taken over', () => {
    const request = {
      url,
      protocols: ['v2', 'v1'],
      headers: { 'X-Room': 'a', 'x-empty': '' },
      wait: true,
      name: 'feed',
      reconnect: {
        queue: false,
        replay: ['hi', { base64: 'AQI=' }],
        attempts: 3,
        stopCodes: [4000],
      },
      keepAlive: { request: 'ping', intervalMs: 1000, answer: 'pong', timeoutMs: 2000 },
      autoAnswer: { request: 'a', answer: 'b' },
      shared: true,
      warm: false,
    }
    expect(parseConnectRequest(JSON.stringify(request))).toStrictEqual(request)
  })

  test.each([
    { reconnect: true },
    { reconnect: false },
    { reconnect: {} },
    { shared: false },
    { warm: true },
  ])('may wish for %j', (wish) => {
    expect(parseConnectRequest(JSON.stringify({ url, ...wish }))).toStrictEqual({ url, ...wish })
  })

  test('may have white space around it', () => {
    expect(parseConnectRequest(` \n\t{ "url": "${url}" }\r\n`)).toStrictEqual({ url })
  })

  test('may be empty in both lists', () => {
    const request = { url, protocols: [], headers: {} }
    expect(parseConnectRequest(JSON.stringify(request))).toStrictEqual(request)
  })

  test('may have fields of later versions, which are left out', () => {
    expect(parseConnectRequest(JSON.stringify({ url, compress: true }))).toStrictEqual({ url })
  })

  test('says the same however it is written', () => {
    const requests = fc.record(
      {
        url: fc.string({ unit: 'binary' }),
        protocols: fc.array(fc.string()),
        headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        wait: fc.boolean(),
        name: fc.string({ minLength: 1, maxLength: 256 }),
        shared: fc.boolean(),
        warm: fc.boolean(),
      },
      { requiredKeys: ['url'] },
    )
    fc.assert(
      fc.property(requests, fc.constantFrom(0, 2, '\t'), (request, indent) => {
        const text = JSON.stringify(request, null, indent)
        expect(JSON.parse(JSON.stringify(parseConnectRequest(text)))).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('a malformed request is EWS_BAD_REQUEST', () => {
  test.each(['{', '{url}', '{"url":"wss://a"', '{"url":"wss://a"} x', "{'url':'wss://a'}"])(
    'when it is not JSON: %s',
    (text) => {
      expect(rejection(text)).toContain('not JSON')
    },
  )

  test.each([undefined, null, 1, true, [url], { href: url }])('when the url is %j', (wrong) => {
    expect(rejection(JSON.stringify({ url: wrong }))).toContain('"url" must be a string')
  })

  test.each([null, 'v1', 1, {}, [1], ['v1', null], [['v1']]])(
    'when protocols are %j',
    (protocols) => {
      const message = rejection(JSON.stringify({ url, protocols }))
      expect(message).toContain('"protocols" must be an array of strings')
      expect(message).toContain(JSON.stringify(protocols))
    },
  )

  test.each([null, 'X: 1', 1, [], ['X', '1'], { x: 1 }, { x: ['1'] }, { x: null }])(
    'when headers are %j',
    (headers) => {
      const message = rejection(JSON.stringify({ url, headers }))
      expect(message).toContain('"headers" must be an object of strings')
    },
  )

  test.each(noBooleans)('when wait is %j', (wait) => {
    expect(rejection(JSON.stringify({ url, wait }))).toContain('"wait" must be a boolean')
  })

  test.each(['shared', 'warm'].flatMap((field) => noBooleans.map((value) => [field, value])))(
    'when %s is %j',
    (field, value) => {
      const message = rejection(JSON.stringify({ url, [field as string]: value }))
      expect(message).toContain(`"${String(field)}" must be a boolean`)
      expect(message).toContain(`got ${JSON.stringify(value)}`)
    },
  )

  test.each([null, '', 1, {}, ['feed'], 'x'.repeat(257), '🐌'.repeat(129)])(
    'when the name is %j',
    (name) => {
      const message = rejection(JSON.stringify({ url, name }))
      expect(message).toContain('"name" must be a string of 1 to 256 characters')
    },
  )

  test('and the message quotes a long value in part only', () => {
    expect(rejection(JSON.stringify({ url: ['x'.repeat(10_000)] })).length).toBeLessThan(200)
    expect(rejection(`{${'x'.repeat(10_000)}`).length).toBeLessThan(200)
  })

  test('and the syntax error is its cause', () => {
    expect(() => parseConnectRequest('{')).toThrow(
      expect.objectContaining({ cause: expect.any(SyntaxError) }),
    )
  })

  test('when a value is nested deeper than the stack is high', () => {
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect(rejection(`{"url":${nested}}`)).toContain('"url" must be a string')
    expect(rejection(`{"url":"${url}","protocols":${nested}}`)).toContain('"protocols"')
    expect(rejection(`{"url":"${url}","headers":{"x":${nested}}}`)).toContain('"headers"')
  })
})

describe('names with a meaning for prototypes', () => {
  test('cannot supply fields that the request itself does not have', () => {
    expect(rejection(`{"__proto__":{"url":"${url}"}}`)).toContain('"url"')
    expect(rejection(`{"constructor":{"url":"${url}"}}`)).toContain('"url"')
  })

  test('as header names are headers like any other, and change no prototype', () => {
    const text = `{"url":"${url}","headers":{"__proto__":"a","constructor":"b"}}`
    const { headers = {} } = parseConnectRequest(text)
    expect(Object.entries(headers)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })

  test('cannot hide a header that is no string', () => {
    rejection(`{"url":"${url}","headers":{"__proto__":{"x":1}}}`)
  })

  test('leave the prototype of objects alone', () => {
    rejection('{"__proto__":{"polluted":true}}')
    expect({}).not.toHaveProperty('polluted')
  })
})

test('whatever a guest writes, the answer is a request or EWS_BAD_REQUEST', () => {
  const names = ['url', 'protocols', 'headers', 'wait', 'name']
  const options = ['reconnect', 'keepAlive', 'autoAnswer', 'shared', 'warm']
  const fields = [...names, ...options]
  const json = fc
    .json()
    .map((value) => `{${fields.map((field) => `${JSON.stringify(field)}:${value}`).join()}}`)
  const field = fc.constantFrom(...fields, '__proto__')
  const object = fc.dictionary(field, fc.jsonValue()).map((value) => JSON.stringify(value))
  const text = fc.oneof(fc.string({ unit: 'binary' }), json, object)
  fc.assert(
    fc.property(text, (written) => {
      try {
        const request = parseConnectRequest(written)
        expect(request.url).toBeTypeOf('string')
        for (const protocol of request.protocols ?? []) expect(protocol).toBeTypeOf('string')
        for (const value of Object.values(request.headers ?? {})) expect(value).toBeTypeOf('string')
        for (const flag of [request.wait, request.shared, request.warm]) {
          expect(['boolean', 'undefined']).toContain(typeof flag)
        }
        if (request.name !== undefined) expect(request.name.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toMatchObject({ code: 'EWS_BAD_REQUEST' })
      }
    }),
  )
})
