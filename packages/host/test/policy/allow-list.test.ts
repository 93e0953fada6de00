import { describe, expect, test } from 'vitest'
import { AllowList } from '../../src/policy/allow-list.js'

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
