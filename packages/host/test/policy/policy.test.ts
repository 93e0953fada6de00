import { EwsError } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { Policy } from '../../src/policy/policy.js'

const anything = new Policy({ allow: ['ws://*:*', 'wss://*:*'] })

function failure(policy: Policy, url: string, headers: Record<string, string> = {}): EwsError {
  try {
    policy.check({ url, headers })
  } catch (error) {
    if (error instanceof EwsError) return error
    throw error
  }
  throw new Error(`${url} passed`)
}

test('a listed URL comes back parsed, with its rule', () => {
  const policy = new Policy({ allow: ['wss://feed.example'] })
  const { url, rule } = policy.check({ url: ' wss://FEED.example/btc?depth=5\n' })
  expect(url.href).toBe('wss://feed.example/btc?depth=5')
  expect(rule.pattern).toBe('wss://feed.example')
})

const badUrls = [
  ['', '"" is not an absolute URL'],
  ['feed.example/btc', '"feed.example/btc" is not an absolute URL'],
  ['/btc', '"/btc"'],
  ['wss://', '"wss://"'],
  ['wss://feed example', '"wss://feed example"'],
  ['wss://feed.example:65536', '"wss://feed.example:65536"'],
  ['ws://[::1', '"ws://[::1"'],
  ['ws://[fe80::1%25eth0]/', 'is not an absolute URL'],
  ['ws://256.0.0.1', '"ws://256.0.0.1"'],
  ['ws://1.2.3.4.5', '"ws://1.2.3.4.5"'],
  ['http://feed.example', 'scheme "http:"'],
  ['https://feed.example', 'scheme "https:"'],
  ['file:///etc/passwd', 'scheme "file:"'],
  ['data:text/plain,x', 'scheme "data:"'],
  ['feed.example:443', 'scheme "feed.example:"'],
  ['wss://feed.example/#top', '("#top")'],
  ['wss://feed.example/#', '("#")'],
  ['wss://bob@feed.example', 'wss://feed.example:443'],
  ['wss://:pw@feed.example', 'use headers'],
  ['wss://good.example:x@evil.test', 'wss://evil.test:443'],
] as const

test.each(badUrls)('%j is no WebSocket URL: the message has %j', (url, part) => {
  const error = failure(anything, url)
  expect(error.code).toBe('EWS_BAD_URL')
  expect(error.message).toContain(part)
  expect(error.message).toContain('pass a ws:// or wss:// URL')
})

test.each([
  'wss://bob:hunter2@feed.example',
  'wss://bob:hunter2@feed.example/#x',
  'wss://bob:hunter2@feed example',
  'https://bob:hunter2@feed.example',
  'bob:hunter2@feed.example',
  '//bob:hunter2@feed.example',
])('the password in %s is not repeated in the message', (url) => {
  const error = failure(anything, url)
  expect(error.code).toBe('EWS_BAD_URL')
  expect(error.message).not.toContain('hunter2')
})

test('a very long value is cut in the message', () => {
  expect(failure(anything, 'x'.repeat(1e6)).message.length).toBeLessThan(300)
})

describe('a URL that is not on the list', () => {
  test('is denied with its origin, five patterns and the remedy, but not its secrets', () => {
    const allow = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `wss://${name}.example`)
    const error = failure(new Policy({ allow }), 'wss://evil.test/path?token=hunter2')
    expect(error.code).toBe('EWS_DENIED')
    expect(error.message).toBe(
      '"wss://evil.test:443" is not on the allow list: the list has "wss://a.example", ' +
        '"wss://b.example", "wss://c.example", "wss://d.example", "wss://e.example" and 2 more; ' +
        'the integrator can add it to `sockets.allow`',
    )
  })

  test('is denied by an empty list', () => {
    const error = failure(new Policy({ allow: [] }), 'ws://feed.example:8080')
    expect(error.code).toBe('EWS_DENIED')
    expect(error.message).toContain('"ws://feed.example:8080" is not on the allow list')
    expect(error.message).toContain('the list is empty')
  })

  test('has an origin that is itself a valid pattern', () => {
    const { message } = failure(new Policy({ allow: [] }), 'ws://[::1]')
    const [, origin] = /^"(.*?)"/.exec(message) ?? []
    expect(origin).toBe('ws://[::1]:80')
    expect(new Policy({ allow: [origin ?? ''] }).check({ url: 'ws://[::1]' }).url.port).toBe('')
  })
})

describe('an address in the URL', () => {
  test.each([
    'ws://127.0.0.1/',
    'ws://2130706433/',
    'ws://0x7f000001/',
    'ws://017700000001/',
    'ws://127.1:8080/',
    'ws://0/',
    'ws://10.0.0.1/',
    'ws://169.254.169.254/',
    'ws://[::1]/',
    'ws://[::]:8080/',
    'ws://[::ffff:169.254.169.254]/',
    'ws://[fe80::1]/',
    'ws://[2002:7f00:1::]/',
  ])('%s is denied under wildcards, with a hint', (url) => {
    const error = failure(anything, url)
    expect(error.code).toBe('EWS_DENIED')
    expect(error.message).toContain('must be named as it is')
  })

  test('that is private passes when a rule names it', () => {
    const policy = new Policy({ allow: ['ws://*:*', 'ws://10.0.0.1:*'] })
    expect(policy.check({ url: 'ws://0xa000001:9000' }).rule.pattern).toBe('ws://10.0.0.1:*')
  })

  test('that is public passes under a wildcard', () => {
    expect(anything.check({ url: 'ws://8.8.8.8' }).rule.literalAddress).toBe(false)
  })
})

describe('headers', () => {
  const url = 'wss://feed.example'

  test('that the handshake owns are denied by name', () => {
    const error = failure(anything, url, { 'X-Key': '1', 'Sec-WebSocket-Key': 'x' })
    expect(error.code).toBe('EWS_DENIED')
    expect(error.message).toContain('"Sec-WebSocket-Key"')
  })

  test('cannot break the line of a log', () => {
    expect(failure(anything, url, { 'X\r\nY': '1' }).message).not.toMatch(/[\r\n]/)
  })

  test('that carry credentials pass only when the integrator says so', () => {
    const headers = { Authorization: 'Bearer hunter2' }
    const error = failure(anything, url, headers)
    expect(error.code).toBe('EWS_DENIED')
    expect(error.message).not.toContain('hunter2')
    const open = new Policy({ allow: ['wss://*'], allowCredentialHeaders: true })
    expect(open.check({ url, headers }).url.host).toBe('feed.example')
  })
})

test('a malformed pattern fails when the policy is made', () => {
  expect(() => new Policy({ allow: ['feed.example'] })).toThrow(TypeError)
})
