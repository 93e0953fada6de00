import { checkServerIdentity } from 'node:tls'
import { describe, expect, it } from 'vitest'

import { createPlugin } from '../../src/index.js'
import { Tls, type TlsOptions } from '../../src/tls/index.js'
import { Authority, selfSigned } from './authority.js'

const authority = new Authority('Authority of the test')
const ca = authority.cert
const { cert, key } = authority.issue({ name: 'plugin' })
const pin = 'ab'.repeat(32)
const keyPin = `sha256/${'A'.repeat(43)}=`
const servers = (options: unknown, name = 'feed.example'): unknown => ({
  servers: { [name]: options },
})
const place = 'sockets.tls.servers["feed.example"]'
const make = (options: unknown) => () => new Tls(options as TlsOptions)

describe('wrong TLS options', () => {
  it.each([
    ['sockets.tls must be an object, got true', true],
    ['sockets.tls must be an object, got null', null],
    ['sockets.tls must be an object, got ["x"]', ['x']],
    [
      'sockets.tls.rejectUnauthorized is no option; there are ca, servers',
      { rejectUnauthorized: false },
    ],
    ['sockets.tls.servers must be an object, got "x"', { servers: 'x' }],
    ['sockets.tls.ca must not be empty', { ca: [] }],
    ['sockets.tls.ca must be PEM as a string or bytes, got number', { ca: 7 }],
    ['sockets.tls.ca: "./ca.pem" holds no certificate in PEM', { ca: './ca.pem' }],
    ['sockets.tls.ca: "" holds no certificate in PEM', { ca: [ca, ''] }],
    ['sockets.tls.ca: "-----BEGIN PRIVATE KEY-----" holds no certificate', { ca: key }],
    [
      'sockets.tls.ca: "-----BEGIN CERTIFICATE-----" holds no certificate',
      { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    ],
    [`${place} must be an object, got "x"`, servers('x')],
    [
      `${place}.fingerprint is no option; there are ca, cert, key, pfx, passphrase, servername, fingerprints, verify`,
      servers({ fingerprint: pin }),
    ],
    [`${place}.ca: "x" holds no certificate`, servers({ ca: 'x' })],
    [`${place}.fingerprints must not be empty`, servers({ fingerprints: [] })],
    [
      `${place}.fingerprints: "ab" is no fingerprint; expected SHA-256`,
      servers({ fingerprints: 'ab' }),
    ],
    [`${place}.fingerprints: 7 is no fingerprint`, servers({ fingerprints: [pin, 7] })],
    [
      `${place}.fingerprints: "sha1/AAAA" is no fingerprint`,
      servers({ fingerprints: 'sha1/AAAA' }),
    ],
    [`${place}: cert needs key as well`, servers({ cert })],
    [`${place}: key needs cert as well`, servers({ key })],
    [
      `${place}: pfx and cert with key are two client certificates`,
      servers({ cert, key, pfx: Buffer.from('x') }),
    ],
    [`${place}: passphrase is for a key or a pfx`, servers({ passphrase: 'x' })],
    [`${place}: cert with key cannot be used (`, servers({ cert, key: 'x' })],
    [
      `${place}: cert with key cannot be used (`,
      servers({ cert, key: selfSigned({ name: 'x' }).key }),
    ],
    [`${place}: pfx cannot be used (`, servers({ pfx: Buffer.from('x') })],
    [`${place}: servername must be a name, got "127.0.0.1"`, servers({ servername: '127.0.0.1' })],
    [`${place}: servername must be a name, got ""`, servers({ servername: '' })],
    [`${place}: verify must be true or false, got "no"`, servers({ verify: 'no' })],
    [`${place}: verify: false and ca contradict each other`, servers({ verify: false, ca })],
    [
      `${place}: verify: false and fingerprints contradict each other`,
      servers({ verify: false, fingerprints: pin }),
    ],
    [
      '["*.example.com"]: verify: false is for a host without *, name it',
      servers({ verify: false }, '*.example.com'),
    ],
    ['["*"]: "*" is no server; expected a host without scheme', servers({}, '*')],
    [
      '["wss://feed.example"]: "wss://feed.example" is no server',
      servers({}, 'wss://feed.example'),
    ],
    ['["feed.*"]: "feed.*" is no server', servers({}, 'feed.*')],
    [
      '["feed.example:99999"]: "feed.example:99999" is no server',
      servers({}, 'feed.example:99999'),
    ],
    ['["::1"]: "::1" is no server', servers({}, '::1')],
    [
      `${place} and sockets.tls.servers["FEED.example."] are the same server: join them`,
      { servers: { 'feed.example': {}, 'FEED.example.': {} } },
    ],
  ])('are a TypeError: %s', (message, options) => {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(message)
  })

  it('never show a key or a passphrase', () => {
    const secret = selfSigned({ name: 'x' }).key
    for (const options of [
      servers({ cert, key: secret, passphrase: 'hunter2' }),
      servers({ key: secret }),
      servers({ passphrase: 'hunter2' }),
    ]) {
      expect(make(options)).toThrow(
        expect.not.objectContaining({ message: expect.stringMatching(/hunter2|BEGIN/) }),
      )
    }
  })

  it('fail createPlugin before there is a plugin', async () => {
    const module = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    const tls = servers({ cert }) as TlsOptions
    await expect(createPlugin(module, { sockets: { tls } })).rejects.toThrow(
      `${place}: cert needs key`,
    )
  })
})

describe('what is passed to tls.connect', () => {
  const optionsFor = (options: TlsOptions, url = 'wss://feed.example/') =>
    new Tls(options).optionsFor(new URL(url))

  it('verifies certificates, from TLS 1.2 on, when nothing is said', () => {
    expect(new Tls().optionsFor(new URL('wss://feed.example'))).toEqual({
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    })
  })

  it('is that of the entry which says most of the place', () => {
    const named = (servername: string) => ({ servername })
    const tls: TlsOptions = {
      servers: {
        '*.feed.example': named('wild'),
        '*.feed.example:8443': named('wild-port'),
        '*.*.example': named('wilder'),
        'a.feed.example': named('exact'),
        'a.feed.example:8443': named('exact-port'),
      },
    }
    const name = (url: string) => optionsFor(tls, url).servername
    expect(name('wss://a.feed.example')).toBe('exact')
    expect(name('wss://a.feed.example:8443')).toBe('exact-port')
    expect(name('wss://b.feed.example')).toBe('wild')
    expect(name('wss://b.feed.example:8443')).toBe('wild-port')
    expect(name('wss://b.other.example')).toBe('wilder')
    expect(name('wss://feed.example')).toBeUndefined()
  })

  it.each([
    ['[::1]', 'wss://[0:0::1]/'],
    ['127.0.0.1:8443', 'wss://2130706433:8443/'],
    ['münchen.example', 'wss://xn--mnchen-3ya.example./'],
    ['feed.example:443', 'wss://feed.example'],
    ['feed.example:25', 'wss://feed.example:25'],
    ['feed.example', 'wss://feed.example:25'],
  ])('finds %s for %s', (name, url) => {
    const tls = { servers: { [name]: { fingerprints: [pin, keyPin] } } }
    expect(optionsFor(tls, url).checkServerIdentity).toBeTypeOf('function')
  })

  it('names no root dot to the server', () => {
    expect(optionsFor({}, 'wss://feed.example./').servername).toBe('feed.example')
  })

  it("checks names by Node's own function when nothing is pinned", () => {
    const { checkServerIdentity: check = checkServerIdentity } = optionsFor({ ca })
    expect(check).toBe(checkServerIdentity)
  })
})

describe('verify: false', () => {
  it('is logged once, when the plugin is made', () => {
    const lines: string[] = []
    const tls = new Tls(
      { servers: { 'dev.example': { verify: false }, 'feed.example': {} } },
      { warn: (line) => lines.push(line) },
    )
    tls.optionsFor(new URL('wss://dev.example'))
    tls.optionsFor(new URL('wss://dev.example'))
    expect(lines).toEqual([
      'sockets.tls.servers["dev.example"] has verify: false: whoever answers there is believed, and can ' +
        'read and change everything',
    ])
  })
})
