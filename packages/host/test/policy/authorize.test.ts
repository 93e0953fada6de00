import { EwsError } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { httpRequests, Policy, type ConnectionAttempt } from '../../src/policy/index.js'
import { Asked, failureOf } from './functions.js'

describe('sockets.authorize', () => {
  it('gets what is asked for, by the attempt', async () => {
    const attempts: ConnectionAttempt[] = []
    const { signal } = new AbortController()
    const asked = new Asked({
      authorize: (attempt) => {
        attempts.push(attempt)
        return true
      },
    })
    const request = { protocols: ['v1'], headers: { 'X-Key': 'k' }, name: 'feed' }
    await asked.resolve(request, 0, signal)
    await asked.resolve({}, 3, signal)
    const url = new URL('wss://feed.example/btc?depth=5')
    expect(attempts).toEqual([
      { url, ...request, number: 0, signal },
      { url, protocols: [], headers: {}, name: '', number: 3, signal },
    ])
  })

  it('lets a connection through as it was asked for, with true', async () => {
    for (const authorize of [() => true, async () => true]) {
      const { url, rule, headers } = await new Asked({ authorize }).resolve({
        headers: { 'X-Key': 'k' },
      })
      expect(url.href).toBe('wss://feed.example/btc?depth=5')
      expect(rule.pattern).toBe('wss://feed.example')
      expect(headers).toEqual({ 'X-Key': 'k' })
    }
  })

  it('cannot change the connection by what it is given', async () => {
    const asked = new Asked({
      authorize: ({ url, headers, protocols }) => {
        url.hostname = 'evil.test'
        expect(() => Object.assign(headers, { Cookie: 'a=b' })).toThrow(TypeError)
        expect(() => (protocols as string[]).push('x')).toThrow(TypeError)
        return true
      },
    })
    const { url, headers } = await asked.resolve()
    expect([url.host, headers]).toEqual(['feed.example', {}])
  })

  it.each([
    ['false', () => false, ''],
    ['a promise of false', async () => false, ''],
    ['an empty reason', () => '', ''],
    ['a reason', () => 'the trial is over', ': the trial is over'],
    ['a promise of a reason', async () => 'too many', ': too many'],
  ])('refuses with %s', async (_what, authorize, why) => {
    const asked = new Asked({ authorize })
    const error = await failureOf(asked.resolve())
    expect(error).toMatchObject({
      code: 'EWS_DENIED',
      message: `"wss://feed.example:443" was refused by sockets.authorize of the host${why}`,
    })
    expect(asked.lines).toEqual([])
  })

  const failed =
    '"wss://feed.example:443" was refused: sockets.authorize of the host failed; its log says why'

  it.each([
    [
      'throws',
      () => {
        throw new Error('hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hunter2'))],
    [
      'throws an error of ours',
      () => {
        throw new EwsError('EWS_CONNECT', 'hunter2')
      },
    ],
  ])('refuses when it %s, and only the log says what', async (_what, authorize) => {
    const asked = new Asked({ authorize })
    const error = await failureOf(asked.resolve())
    expect(error).toMatchObject({ code: 'EWS_DENIED', message: failed })
    expect(error.cause).toMatchObject({ message: 'hunter2' })
    expect(asked.lines).toHaveLength(1)
    expect(asked.lines[0]).toMatch(/^error sockets\.authorize: \w*Error: hunter2\n +at /)
  })

  it('fails loudly once, and quietly from then on', async () => {
    const authorize = (): boolean => {
      throw 'down'
    }
    const asked = new Asked({ authorize })
    await failureOf(asked.resolve())
    await failureOf(asked.resolve())
    expect(asked.lines).toEqual(['error sockets.authorize: down', 'debug sockets.authorize: down'])
  })

  it('may throw what cannot be read', async () => {
    const authorize = (): boolean => {
      throw Object.create(null)
    }
    const asked = new Asked({ authorize })
    expect(await failureOf(asked.resolve())).toMatchObject({ code: 'EWS_DENIED' })
    expect(asked.lines[0]).toContain('without a description')
  })

  it.each([undefined, null, 1, {}])(
    'refuses when it answers %j, as a function that forgot to return',
    async (answer) => {
      const asked = new Asked({ authorize: () => answer as never })
      expect(await failureOf(asked.resolve())).toMatchObject({
        code: 'EWS_DENIED',
        message: failed,
      })
      expect(asked.lines[0]).toContain('which refuses; expected true, false, or a reason')
    },
  )

  it('is ended when it never answers: EWS_TIMEOUT', async () => {
    const asked = new Asked({ authorize: () => new Promise(() => {}) })
    expect(await failureOf(asked.resolve({}, 0, AbortSignal.timeout(1)))).toMatchObject({
      code: 'EWS_TIMEOUT',
      message:
        'sockets.authorize of the host did not answer within the time for connecting (sockets.connectTimeoutMs)',
    })
  })

  it('is ended with the reason of the signal if that is an error of ours, else with EWS_CLOSED', async () => {
    const asked = new Asked({ authorize: () => new Promise(() => {}) })
    const reason = new EwsError('EWS_DISPOSED', 'the plugin was disposed meanwhile')
    const end = async (why?: unknown) => {
      const controller = new AbortController()
      const failure = failureOf(asked.resolve({}, 0, controller.signal))
      controller.abort(why)
      return failure
    }
    expect(await end(reason)).toBe(reason)
    expect(await end()).toMatchObject({ code: 'EWS_CLOSED' })
  })

  it('is not asked when nobody waits any more', async () => {
    let asks = 0
    const asked = new Asked({ authorize: () => ++asks > 0 })
    expect(await failureOf(asked.resolve({}, 0, AbortSignal.abort()))).toMatchObject({
      code: 'EWS_CLOSED',
    })
    expect(asks).toBe(0)
  })

  it('is told by its signal, and what it throws then is not its fault', async () => {
    const controller = new AbortController()
    const asked = new Asked({
      authorize: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const failure = failureOf(asked.resolve({}, 0, controller.signal))
    controller.abort()
    expect(await failure).toMatchObject({ code: 'EWS_CLOSED' })
    expect(asked.lines).toEqual([])
  })

  it('may reject after nobody waits any more, which ends nothing', async () => {
    let reject = (_error: Error): void => {}
    const asked = new Asked({
      authorize: () => new Promise<boolean>((_resolve, late) => (reject = late)),
    })
    const controller = new AbortController()
    const failure = failureOf(asked.resolve({}, 0, controller.signal))
    controller.abort()
    await failure
    reject(new Error('late'))
    // An unhandled rejection would fail this file.
    await new Promise((settle) => setImmediate(settle))
  })

  it('is not asked about what the list does not cover', () => {
    let asks = 0
    const asked = new Asked({ authorize: () => ++asks > 0 })
    expect(() => asked.policy.check({ url: 'wss://evil.test' })).toThrow(
      expect.objectContaining({ code: 'EWS_DENIED' }),
    )
    expect(asks).toBe(0)
  })
})

describe('a policy', () => {
  const allow = ['wss://feed.example']

  it('asks if it has a function', () => {
    expect(new Policy({ allow }).asks).toBe(false)
    expect(new Policy({ allow, authorize: () => true }).asks).toBe(true)
    expect(new Policy({ allow, prepare: () => undefined }).asks).toBe(true)
  })

  it.each(['authorize', 'prepare'])('refuses a sockets.%s that is no function', (name) => {
    expect(() => new Policy({ allow, [name]: 'yes' })).toThrow(
      new TypeError(`sockets.${name} must be a function, got string`),
    )
  })

  it.each(['authorize', 'prepare'])('of HTTP refuses %s, which it would never ask', (name) => {
    const options = { allow: [], [name]: () => true }
    expect(() => new Policy(options, undefined, httpRequests)).toThrow(
      new TypeError(`${name} is for sockets, HTTP requests have none: set \`sockets.${name}\``),
    )
  })
})
