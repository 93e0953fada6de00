import { describe, expect, test } from 'vitest'
import { AllowList } from '../../src/policy/allow-list.js'

const covered = [
  // scheme, port, path
  ['wss://feed.example', 'wss://feed.example/'],
  ['wss://feed.example', 'wss://feed.example:443/btc?x=1'],
  ['wss://feed.example:443', 'wss://feed.example/'],
  ['ws://feed.example', 'ws://feed.example:80/'],
  ['WSS://Feed.Example', 'wss://feed.example/'],
  ['wss://feed.example:8443', 'wss://feed.example:8443/'],
  ['ws://feed.example:443', 'ws://feed.example:443/'],
  ['wss://feed.example:*', 'wss://feed.example/'],
  ['wss://feed.example:*', 'wss://feed.example:65535/'],
  // spelling of the host
  ['wss://feed.example', 'wss://FEED.EXAMPLE/'],
  ['wss://feed.example', 'wss://feed.example./'],
  ['wss://feed.example.', 'wss://feed.example/'],
  ['wss://feed.example', 'wss://f%65ed.example/'],
  ['wss://feed.example', 'wss:\\\\feed.example\\btc'],
  ['wss://feed.example', 'wss://feed。example/'],
  ['wss://feed.example', 'wss://fe\ned.example/'],
  ['wss://münchen.example', 'wss://xn--mnchen-3ya.example/'],
  ['wss://xn--mnchen-3ya.example', 'wss://MÜNCHEN.example/'],
  ['wss://*.münchen.example', 'wss://a.xn--mnchen-3ya.example/'],
  ['ws://localhost', 'ws://LOCALHOST./'],
  // wildcards
  ['wss://*.example.com', 'wss://a.example.com/'],
  ['wss://*.example.com', 'wss://a.example.com./'],
  ['wss://*.*.example.com', 'wss://a.b.example.com/'],
  ['wss://*', 'wss://feed.example/'],
  ['wss://*', 'wss://8.8.8.8/'],
  ['wss://*', 'wss://[2606:4700:4700::1111]/'],
  ['wss://*:*', 'wss://feed.example:8443/'],
  // addresses
  ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/'],
  ['ws://127.0.0.1:*', 'ws://127.0.0.1:9/'],
  ['ws://127.0.0.1', 'ws://2130706433/'],
  ['ws://127.0.0.1', 'ws://0x7f000001/'],
  ['ws://127.0.0.1', 'ws://0177.0.0.1/'],
  ['ws://127.0.0.1', 'ws://127.1/'],
  ['ws://127.0.0.1', 'ws://127.0.0.1./'],
  ['ws://127.0.0.1', 'ws://１２７.0.0.1/'],
  ['ws://0x7f.1', 'ws://127.0.0.1/'],
  ['ws://0.0.0.0', 'ws://0/'],
  ['wss://[::1]:9000', 'wss://[0:0:0:0:0:0:0:1]:9000/'],
  ['wss://[0::1]', 'wss://[::1]/'],
  ['ws://[fd00::1]', 'ws://[FD00::1]/'],
  ['ws://[::ffff:127.0.0.1]', 'ws://[::ffff:7f00:1]/'],
] as const

test.each(covered)('%s covers %s', (pattern, url) => {
  expect(new AllowList([pattern]).find(new URL(url))?.pattern).toBe(pattern)
})

const notCovered = [
  // scheme, port
  ['wss://feed.example', 'ws://feed.example/'],
  ['ws://feed.example', 'wss://feed.example/'],
  ['wss://feed.example', 'ws://feed.example:443/'],
  ['wss://*:*', 'ws://feed.example/'],
  ['wss://feed.example', 'wss://feed.example:8443/'],
  ['wss://feed.example:8443', 'wss://feed.example/'],
  ['wss://*', 'wss://feed.example:8443/'],
  ['wss://feed.example', 'https://feed.example/'],
  // look-alikes
  ['wss://feed.example', 'wss://feed.example.evil.test/'],
  ['wss://feed.example', 'wss://evilfeed.example/'],
  ['wss://feed.example', 'wss://a.feed.example/'],
  ['wss://feed.example', 'wss://feed.example@evil.test/'],
  ['wss://feed.example', 'wss://evil.test/feed.example'],
  ['wss://feed.example', 'wss://evil.test\\@feed.example/'],
  ['wss://feed.example', 'wss://evil.test?@feed.example/'],
  ['wss://feed.example', 'wss://feed.example../'],
  ['wss://feed.example', 'wss://fееd.example/'], // Cyrillic
  // wildcard depth
  ['wss://*.example.com', 'wss://example.com/'],
  ['wss://*.example.com', 'wss://a.b.example.com/'],
  ['wss://*.example.com', 'wss://.example.com/'],
  ['wss://*.example.com', 'wss://aexample.com/'],
  ['wss://*.example.com', 'wss://a.example.com.evil.test/'],
  ['wss://*.*.example.com', 'wss://a.example.com/'],
  ['wss://*.*.example.com', 'wss://a..example.com/'],
  ['wss://*.example.com', 'wss://8.8.8.8/'],
  // addresses
  ['ws://*', 'ws://127.0.0.1/'],
  ['ws://*', 'ws://2130706433/'],
  ['ws://*', 'ws://0x7f.1/'],
  ['ws://*', 'ws://0/'],
  ['ws://*', 'ws://0.0.0.0/'],
  ['ws://*', 'ws://169.254.169.254/latest/meta-data'],
  ['ws://*', 'ws://[::1]/'],
  ['ws://*', 'ws://[::]/'],
  ['ws://*', 'ws://[::ffff:127.0.0.1]/'],
  ['ws://*', 'ws://[::ffff:a9fe:a9fe]/'],
  ['ws://*', 'ws://[fd00:ec2::254]/'],
  ['ws://*', 'ws://[64:ff9b::7f00:1]/'],
  ['ws://127.0.0.1', 'ws://127.0.0.2/'],
  ['ws://127.0.0.1', 'ws://localhost/'],
  ['ws://127.0.0.1', 'ws://[::ffff:127.0.0.1]/'],
  ['ws://localhost', 'ws://127.0.0.1/'],
  ['ws://localhost', 'ws://a.localhost/'],
  ['ws://[::1]', 'ws://[::2]/'],
] as const

test.each(notCovered)('%s does not cover %s', (pattern, url) => {
  expect(new AllowList([pattern]).find(new URL(url))).toBeUndefined()
})

const malformed = [
  '',
  '*',
  'feed.example',
  'feed.example:443',
  '//feed.example',
  'https://feed.example',
  '*://feed.example',
  'wss:feed.example',
  'wss://',
  'wss://.',
  'wss://feed.example/',
  'wss://feed.example/btc',
  'wss://feed.example\\btc',
  'wss://feed.example?x',
  'wss://feed.example#x',
  'wss://user@feed.example',
  'wss://user:secret@feed.example',
  'wss://feed.example:',
  'wss://feed.example:65536',
  'wss://feed.example:8*',
  'wss://feed.example:80:90',
  'wss://feed example',
  ' wss://feed.example',
  'wss://feed.example\n',
  'wss://a..example',
  'wss://*.*',
  'wss://**.example.com',
  'wss://*feed.example',
  'wss://feed*.example',
  'wss://feed.*',
  'wss://feed.*.example',
  'wss://*..example',
  'wss://*.0.0.1',
  'wss://127.0.0.*',
  'wss://10.0.0.0/8',
  'wss://::1',
  'wss://[::1',
  'wss://[*]',
  'wss://[::1].example',
  'wss://256.0.0.1',
]

test.each(malformed)('the pattern %j is refused, quoted and explained', (pattern) => {
  const make = () => new AllowList(['wss://fine.example', pattern])
  expect(make).toThrow(TypeError)
  expect(make).toThrow(`sockets.allow: ${JSON.stringify(pattern)} is not a pattern; expected`)
})

describe('a rule', () => {
  test('is literal for addresses and for localhost only', () => {
    const isLiteral = (pattern: string) =>
      new AllowList([pattern]).find(new URL(pattern.replace('*', 'a')))?.literalAddress
    const addresses = ['ws://127.0.0.1', 'ws://0x7f.1', 'wss://[::1]', 'wss://8.8.8.8']
    const literal = [...addresses, 'ws://localhost']
    const named = ['ws://feed.example', 'ws://*.example', 'ws://*', 'ws://a.localhost']
    expect(literal.map(isLiteral)).toEqual([true, true, true, true, true])
    expect(named.map(isLiteral)).toEqual([false, false, false, false])
  })

  test('that is literal wins over a wildcard listed before it', () => {
    const list = new AllowList(['ws://*', 'ws://localhost', 'ws://127.0.0.1'])
    expect(list.find(new URL('ws://localhost'))?.pattern).toBe('ws://localhost')
    expect(list.find(new URL('ws://127.0.0.1'))?.pattern).toBe('ws://127.0.0.1')
  })
})

test('an empty list covers nothing', () => {
  expect(new AllowList([]).find(new URL('wss://feed.example'))).toBeUndefined()
})

test('changing the array afterwards does not change the list', () => {
  const patterns = ['wss://feed.example']
  const list = new AllowList(patterns)
  patterns.push('wss://evil.test')
  expect(list.find(new URL('wss://evil.test'))).toBeUndefined()
  expect(list.patterns).toEqual(['wss://feed.example'])
})
