import { encodeHttpRequest, EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { defaultHttpLimits, httpLimitsFrom } from '../../src/http/limits.js'
import { Harness } from './harness.js'
import { HttpServer } from './server.js'

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('the requests of a guest', () => {
  let server: HttpServer
  const guests: Harness[] = []
  const create = (settings: ConstructorParameters<typeof Harness>[0] = {}): Harness => {
    const guest = new Harness(settings)
    guests.push(guest)
    return guest
  }

  beforeEach(async () => {
    server = await HttpServer.start()
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) guest.client.dispose()
    // Whatever a test left behind, disposal has cut.
    await server.idle()
    await server[Symbol.asyncDispose]()
  })

  it('are bounded in number until their ends were taken; more wait in line', async () => {
    const guest = create({ limits: { requests: 2 } })
    guest.takes = false
    guest.start({ url: `${server.origin}/hello` })
    const silent = guest.start({ url: `${server.origin}/silent` })
    const third = guest.start({ url: `${server.origin}/hello?third` })
    const fourth = guest.start({ url: 'http://not.allowed/' })
    await vi.waitFor(() => expect(server.seen).toHaveLength(2))
    await pause(30)
    expect(server.seen.map(({ url }) => url).sort()).toEqual(['/hello', '/silent'])
    expect(guest.client.requestCount).toBe(4)
    guest.takes = true
    guest.take()
    expect((await guest.outcome(third)).end).toBe('end')
    expect((await guest.outcome(fourth)).end).toBe('EWS_DENIED')
    expect(guest.client.requestCount).toBe(1)
    guest.client.abort(silent)
  })

  it('move up when one before them is aborted, and can be aborted themselves', async () => {
    const guest = create({ limits: { requests: 1 } })
    const first = guest.start({ url: `${server.origin}/silent` })
    const second = guest.start({ url: `${server.origin}/hello?second` })
    const third = guest.start({ url: `${server.origin}/hello?third` })
    guest.client.abort(second)
    guest.client.abort(first)
    expect((await guest.outcome(third)).end).toBe('end')
    expect(server.seen.map(({ url }) => url)).not.toContain('/hello?second')
  })

  it('all get their turn, however many they are', async () => {
    const guest = create({ limits: { requests: 4 } })
    const all = Array.from({ length: 100 }, (_, i) => guest.fetch(`${server.origin}/hello?${i}`))
    expect((await Promise.all(all)).every(({ end }) => end === 'end')).toBe(true)
    expect(server.connected).toBeLessThanOrEqual(4)
  })

  it('are refused when the line is too long, or holds too much', async () => {
    const guest = create({ limits: { requests: 1, requestBytes: 2 ** 20 } })
    const url = `${server.origin}/silent`
    const big = { url, method: 'POST', body: Buffer.alloc(600_000) }
    const ids = [guest.start(big), guest.start(big), guest.start(big)]
    const [, , third = 0] = ids
    const { end, message } = await guest.outcome(third)
    expect(end).toBe('EWS_LIMIT')
    expect(message).toBe(
      'the plugin has 1 requests under way (http.requests) and 1 waiting for them: await some first',
    )
    for (let i = 0; i < 1023; i++) guest.start({ url })
    expect(guest.client.requestCount).toBe(1025)
    expect((await guest.fetch(url)).message).toContain('1024 waiting for them')
  })

  it('are bounded in the size of their bodies', async () => {
    const guest = create({ limits: { requestBytes: 10 } })
    const request = { method: 'POST', body: Buffer.alloc(11) }
    const { end, message } = await guest.fetch(`${server.origin}/echo`, request)
    expect([end, message]).toEqual([
      'EWS_LIMIT',
      "the request's body has 11 bytes, http.requestBytes allows 10",
    ])
    expect(server.connected).toBe(0)
  })

  it('hold servers back while their events are not taken', async () => {
    const guest = create({ bounds: { inboxBytes: 200_000, inboxEvents: 1000 } })
    guest.takes = false
    const id = guest.start({ url: `${server.origin}/bytes?count=12000000` })
    await pause(400)
    let waiting = 0
    const records = guest.client.take(Infinity)
    for (const { payload } of records) waiting += payload.length
    // One more chunk may have been read when it was full.
    expect(waiting).toBeGreaterThanOrEqual(200_000)
    expect(waiting).toBeLessThan(200_000 + 2 * 65_536 + 1000)
    guest.takes = true
    const { body, end } = await guest.outcome(id)
    const head = Buffer.concat(records.filter(({ type }) => type === 33).map((r) => r.payload))
    expect([head.length + body.length, end]).toEqual([12_000_000, 'end'])
  })

  it('hold servers back by the number of events as well', async () => {
    const guest = create({ bounds: { inboxBytes: 1e9, inboxEvents: 4 } })
    guest.takes = false
    guest.start({ url: `${server.origin}/bytes?count=12000000` })
    await pause(50)
    expect(guest.client.take(Infinity).length).toBeLessThan(8)
  })

  it('are handed over in parts of the size that is asked for, long ones in turn', async () => {
    const guest = create()
    guest.takes = false
    const long = guest.start({ url: `${server.origin}/bytes?count=400000` })
    await pause(200)
    const short = guest.start({ url: `${server.origin}/hello` })
    await pause(200)
    const part = guest.client.take(100_000)
    expect(part.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThan(100_000)
    expect(new Set(part.map(({ id }) => id))).toEqual(new Set([long]))
    expect(guest.client.take(100_000).map(({ id }) => id)).toContain(short)
    expect(guest.client.take(1)).toHaveLength(1)
  })

  it('say nothing any more once they are aborted', async () => {
    const guest = create()
    const ids = ['/silent', '/drip', '/announce?count=9000000'].map((path) =>
      guest.start({ url: `${server.origin}${path}` }),
    )
    await vi.waitFor(() => expect(server.seen).toHaveLength(3))
    guest.takes = false
    await pause(10)
    for (const id of ids) guest.client.abort(id)
    guest.client.abort(12345)
    guest.events.length = 0
    await server.idle()
    guest.take()
    expect(guest.events).toEqual([])
    expect(guest.client.requestCount).toBe(0)
  })

  it('say nothing and leave nothing when they are aborted before the server was reached', async () => {
    const guest = create()
    const id = guest.start({ url: `${server.origin}/hello` })
    guest.client.abort(id)
    await pause(30)
    expect(guest.events).toEqual([])
    expect(server.seen).toEqual([])
  })

  it('are cut when the session is disposed, and nothing is said', async () => {
    const guest = create()
    for (const path of ['/silent', '/drip', '/bytes?count=90000000', '/hello']) {
      guest.start({ url: `${server.origin}${path}` })
    }
    await vi.waitFor(() => expect(server.seen).toHaveLength(4))
    expect(server.connections).toBeGreaterThan(0)
    guest.client.dispose()
    const before = guest.events.length
    await server.idle()
    expect(guest.events.length).toBe(before)
    expect([guest.client.requestCount, guest.client.hasEvents]).toEqual([0, false])
    guest.start({ url: `${server.origin}/hello` })
    await pause(10)
    expect(guest.events.length).toBe(before)
  })

  it('can all be given up at once, each with one failure', async () => {
    const guest = create()
    guest.takes = false
    const ids = [1, 2].map(() => guest.start({ url: `${server.origin}/bytes?count=100000` }))
    const quiet = guest.start({ url: `${server.origin}/silent` })
    await pause(200)
    guest.client.giveUp(guest.client.take(10_000), new EwsError('EWS_LIMIT', 'no memory'))
    guest.take()
    expect(guest.events.map(({ type, request }) => [type, request])).toEqual(
      ids.map((id) => ['failed', id]),
    )
    expect(guest.client.requestCount).toBe(1)
    guest.client.abort(quiet)
  })

  it('have ids that rise; others are not answered', () => {
    const guest = create()
    const request = { method: 'GET', url: 'x', headers: [], redirect: 'follow' } as const
    const payload = encodeHttpRequest({ ...request, body: new Uint8Array(0) })
    const answers = [5, 5, 4, 0, 6, 2 ** 32 - 1, 7].map((id) => guest.client.start(id, payload))
    expect(answers).toEqual([true, false, false, false, true, true, false])
    expect(guest.events.map((event) => event.request)).toEqual([5, 6, 2 ** 32 - 1])
  })

  it('are an overrun when ever more wait', () => {
    const guest = create()
    guest.takes = false
    let id = 0
    while (id < 65_536 + 16) guest.client.start(++id, new Uint8Array(0))
    expect(guest.client.overrun).toBe(false)
    guest.client.start(++id, new Uint8Array(0))
    expect(guest.client.overrun).toBe(true)
  })
})

describe('limits of HTTP', () => {
  it('have defaults, all finite', () => {
    expect(httpLimitsFrom({})).toEqual(defaultHttpLimits)
    for (const limit of Object.values(defaultHttpLimits)) expect(limit).toBeLessThan(2 ** 31)
  })

  it.each([0, -1, NaN, Infinity])('cannot be %d', (value) => {
    expect(() => httpLimitsFrom({ requests: value })).toThrow(
      `http.requests must be a positive, finite number, got ${value}`,
    )
  })

  it('of time may be longer than timers can be', async () => {
    await using server = await HttpServer.start()
    using guest = new Harness({ limits: { timeoutMs: 2 ** 40 } })
    expect((await guest.fetch(`${server.origin}/hello`)).end).toBe('end')
  })

  it('can be no redirects at all, and nothing less', () => {
    expect(httpLimitsFrom({ redirects: 0 }).redirects).toBe(0)
    expect(() => httpLimitsFrom({ redirects: -1 })).toThrow(TypeError)
  })
})
