import { EwsError } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { AllowList } from '../../src/policy/allow-list.js'
import { httpRequests, webSockets } from '../../src/policy/family.js'
import { findForbiddenHeader } from '../../src/policy/header.js'
import { Policy } from '../../src/policy/policy.js'

const find = (pattern: string, url: string) =>
  new AllowList([pattern], httpRequests).find(new URL(url))?.pattern
const findHost = (host: string, url: string) =>
  new AllowList([], httpRequests, [host]).find(new URL(url))?.pattern

test.each([
  ['https://api.example.com', 'https://api.example.com/v1?x=1'],
  ['https://api.example.com', 'https://API.example.com.:443/'],
  ['http://api.example.com', 'http://api.example.com:80/'],
  ['HTTPS://API.example.com:8443', 'https://api.example.com:8443/'],
  ['https://*.example.com', 'https://a.example.com/'],
  ['https://*', 'https://8.8.8.8/'],
  ['http://127.0.0.1:*', 'http://127.0.0.1:8080/'],
  ['http://127.0.0.1:*', 'http://2130706433/'],
  ['http://localhost', 'http://localhost/'],
  ['http://[::1]:*', 'http://[0::1]:5/'],
])('the pattern %s covers %s', (pattern, url) => {
  expect(find(pattern, url)).toBe(pattern)
})

test.each([
  ['https://api.example.com', 'http://api.example.com/'],
  ['http://api.example.com', 'https://api.example.com/'],
  ['https://api.example.com', 'wss://api.example.com/'],
  ['https://api.example.com', 'https://api.example.com:8443/'],
  ['https://api.example.com', 'https://api.example.com.evil.test/'],
  ['https://*.example.com', 'https://example.com/'],
  ['https://*.example.com', 'https://a.b.example.com/'],
  ['https://*:*', 'https://10.0.0.1/'],
  ['https://*:*', 'https://[::1]/'],
])('the pattern %s does not cover %s', (pattern, url) => {
  expect(find(pattern, url)).toBeUndefined()
})

test.each(['wss://a.example', 'ftp://a.example', 'a.example', 'https://', 'https://a.example/x'])(
  'the pattern %s is refused, with what is expected',
  (pattern) => {
    expect(() => new AllowList([pattern], httpRequests)).toThrow(
      `http.allow: ${JSON.stringify(pattern)} is not a pattern; expected "https://host" or "http://host"`,
    )
  },
)

test('patterns of HTTP are none of WebSockets', () => {
  expect(() => new AllowList(['https://a.example'], webSockets)).toThrow(
    'sockets.allow: "https://a.example" is not a pattern; expected "wss://host" or "ws://host"',
  )
})

describe("a host of a manifest's allowedHosts", () => {
  test.each([
    ['example.com', 'https://example.com/'],
    ['example.com', 'http://example.com:8080/'],
    ['Example.COM', 'https://example.com./'],
    ['*.example.com', 'https://a.example.com/'],
    ['*.example.com', 'https://a.b.c.example.com/'],
    ['*', 'http://anything.example:99/'],
    ['*', 'https://8.8.8.8/'],
    ['127.0.0.1', 'http://127.0.0.1:8080/'],
    ['[::1]', 'http://[::1]:8080/'],
    ['localhost', 'http://localhost:3000/'],
  ])('%s covers %s', (host, url) => {
    expect(findHost(host, url)).toBe(host)
  })

  test.each([
    ['example.com', 'https://a.example.com/'],
    ['example.com', 'https://example.com.evil.test/'],
    ['example.com', 'wss://example.com/'],
    ['*.example.com', 'https://example.com/'],
    ['*.example.com', 'https://evilexample.com/'],
    ['*.example.com', 'https://a..example.com/'],
    ['*.example.com', 'https://.a.example.com/'],
    ['*', 'http://127.0.0.1/'],
    ['*', 'http://169.254.169.254/'],
    ['*', 'http://[fd00::1]/'],
    ['127.0.0.1', 'http://127.0.0.2/'],
  ])('%s does not cover %s', (host, url) => {
    expect(findHost(host, url)).toBeUndefined()
  })

  test.each([
    '',
    'https://example.com',
    'example.com:443',
    '[::1]:80',
    '[::1]/x',
    'example.com/path',
    'user@example.com',
    'a b',
    'api-*.example.com',
    'a.*.example.com',
    '*.*',
    '**',
    '::1',
  ])('%j is refused, with what is expected', (host) => {
    expect(() => new AllowList([], httpRequests, [host])).toThrow(
      `allowedHosts: ${JSON.stringify(host)} is not a host; expected a name or an address`,
    )
  })

  test('that is a name permits public addresses only, and localhost loopback only', () => {
    const list = new AllowList([], httpRequests, ['example.com', 'localhost'])
    const named = list.find(new URL('http://example.com'))
    const local = list.find(new URL('http://localhost'))
    expect(['8.8.8.8', '127.0.0.1', '10.0.0.1'].map((each) => named?.permits(each))).toEqual([
      true,
      false,
      false,
    ])
    expect(['8.8.8.8', '127.0.0.1', '10.0.0.1'].map((each) => local?.permits(each))).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe('the policy for HTTP', () => {
  const policy = new Policy(
    { allow: ['https://*'], allowedHosts: ['files.example'] },
    undefined,
    httpRequests,
  )

  test('hands a URL on without its fragment', () => {
    expect(policy.check({ url: ' https://a.example/x#top' }).url.href).toBe('https://a.example/x')
  })

  test('lists patterns and hosts when it denies', () => {
    const check = () => policy.check({ url: 'http://a.example/?token=secret' })
    expect(check).toThrow(EwsError)
    expect(check).toThrow(
      '"http://a.example:80" is not on the allow list: the list has "https://*", "files.example"; ' +
        'the integrator can add it to `http.allow`',
    )
  })

  test('allows neither Expect nor HTTP2-Settings, which sockets may have', () => {
    const options = { allowCredentials: false }
    for (const name of ['Expect', 'HTTP2-Settings']) {
      expect(findForbiddenHeader([[name, 'x']], options, httpRequests)).toBe(name)
      expect(findForbiddenHeader({ [name]: 'x' }, options)).toBeUndefined()
    }
  })

  test('judges every header of a name that is there twice', () => {
    const headers = [
      ['X-A', 'fine'],
      ['X-A', 'not\nfine'],
    ] as const
    expect(findForbiddenHeader(headers, { allowCredentials: false }, httpRequests)).toBe('X-A')
  })
})
