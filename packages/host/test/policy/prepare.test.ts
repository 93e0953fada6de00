import { describe, expect, it } from 'vitest'

import type { ConnectionAttempt, Preparation } from '../../src/policy/index.js'
import { Asked, failureOf } from './functions.js'

const allow = ['wss://feed.example', 'wss://backup.example:8443']
const refused =
  'cannot connect to "wss://feed.example:443": what sockets.prepare of the host answered is refused; its log says why'

describe('sockets.prepare', () => {
  it('is asked anew before every attempt, after sockets.authorize', async () => {
    const asks: string[] = []
    const note = (what: string) => (attempt: ConnectionAttempt) => {
      asks.push(`${what} ${attempt.number}`)
      return true as never
    }
    const prepare = (attempt: ConnectionAttempt): Preparation => {
      note('prepare')(attempt)
      return { headers: { 'X-Attempt': String(attempt.number) } }
    }
    const asked = new Asked({ authorize: note('authorize'), prepare })
    for (const number of [0, 1]) {
      const { headers } = await asked.resolve({}, number)
      expect(headers).toEqual({ 'X-Attempt': String(number) })
    }
    expect(asks).toEqual(['authorize 0', 'prepare 0', 'authorize 1', 'prepare 1'])
  })

  it('is not asked when sockets.authorize refuses', async () => {
    let asks = 0
    const prepare = () => {
      asks++
      return undefined
    }
    await failureOf(new Asked({ authorize: () => false, prepare }).resolve())
    expect(asks).toBe(0)
  })

  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
  ])('that answers %s leaves the connection as it was asked for', async (_what, answer) => {
    const asked = new Asked({ prepare: () => answer })
    const { url, rule, headers } = await asked.resolve({ headers: { 'X-Key': 'k' } })
    expect([url.href, rule.pattern, headers]).toEqual([
      'wss://feed.example/btc?depth=5',
      'wss://feed.example',
      { 'X-Key': 'k' },
    ])
  })

  it.each(['wss://backup.example:8443/x', new URL('wss://backup.example:8443/x')])(
    'gives another URL of the list, with its rule: %s',
    async (url) => {
      const asked = new Asked({ allow, prepare: async () => ({ url }) })
      const answer = await asked.resolve()
      expect(answer.url.href).toBe('wss://backup.example:8443/x')
      expect(answer.rule.pattern).toBe('wss://backup.example:8443')
    },
  )

  it('gives credentials, which replace what the plugin sent in their place', async () => {
    const prepare = () => ({ headers: { authorization: 'Bearer hunter2', 'x-key': 'host' } })
    const { headers } = await new Asked({ prepare }).resolve({
      headers: { 'X-KEY': 'plugin', 'X-Other': 'o' },
    })
    expect(headers).toEqual({ 'X-Other': 'o', authorization: 'Bearer hunter2', 'x-key': 'host' })
  })

  it.each([
    [
      'a URL off the list',
      { url: 'wss://evil.test/?t=hunter2' },
      '"wss://evil.test:443" is not on',
    ],
    ['a private address', { url: 'wss://10.0.0.1/?t=hunter2' }, '"wss://10.0.0.1:443" is not on'],
    ['a URL without TLS', { url: 'ws://feed.example/?t=hunter2' }, 'is not on the allow list'],
    ['no URL', { url: '/path' }, 'is not an absolute URL'],
    ['a URL with a password', { url: 'wss://a:hunter2@feed.example' }, 'use headers'],
    ['a URL that is a number', { url: 7 }, 'its url is number; expected a string or a URL'],
    ['a framing header', { headers: { Host: 'evil.test' } }, 'header "Host" may not be sent'],
    [
      'a header of the handshake',
      { headers: { 'Sec-WebSocket-Key': 'x' } },
      'header "Sec-WebSocket-Key"',
    ],
    ['a line break', { headers: { 'X-A': 'hunter2\r\nHost: x' } }, 'header "X-A"'],
    ['headers of numbers', { headers: { 'X-A': 1 } }, 'its headers are no object of strings'],
    ['a list of headers', { headers: [['X-A', 'x']] }, 'its headers are no object of strings'],
    ['text', 'hunter2', 'it answered string; expected { url, headers } or undefined'],
    ['null', null, 'it answered null'],
  ])(
    'that answers %s is refused; the log says why, without secrets',
    async (_what, answer, why) => {
      const asked = new Asked({ prepare: () => answer as never })
      const error = await failureOf(asked.resolve())
      expect(error).toMatchObject({ code: 'EWS_DENIED', message: refused })
      expect(asked.lines).toHaveLength(1)
      expect(asked.lines[0]).toContain('error sockets.prepare: ')
      expect(asked.lines[0]).toContain(why)
      expect(asked.lines[0]).not.toContain('hunter2')
    },
  )

  it.each([
    [
      'throws',
      () => {
        throw new Error('hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hunter2'))],
  ])('that %s fails the connection, and only the log says how', async (_what, prepare) => {
    const asked = new Asked({ prepare })
    const error = await failureOf(asked.resolve())
    expect(error).toMatchObject({
      code: 'EWS_CONNECT',
      message:
        'cannot connect to "wss://feed.example:443": sockets.prepare of the host failed; its log says why',
    })
    expect(error.cause).toMatchObject({ message: 'hunter2' })
    expect(asked.lines[0]).toContain('hunter2')
  })

  it('that never answers is ended: EWS_TIMEOUT', async () => {
    const asked = new Asked({ prepare: () => new Promise(() => {}) })
    expect(await failureOf(asked.resolve({}, 0, AbortSignal.timeout(1)))).toMatchObject({
      code: 'EWS_TIMEOUT',
      message: expect.stringContaining('sockets.prepare of the host did not answer'),
    })
  })

  it('that never answers does not outlive the plugin', async () => {
    const controller = new AbortController()
    const asked = new Asked({ prepare: () => new Promise(() => {}) })
    const failure = failureOf(asked.resolve({}, 0, controller.signal))
    controller.abort()
    expect(await failure).toMatchObject({ code: 'EWS_CLOSED' })
  })
})
