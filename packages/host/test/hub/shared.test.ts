import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import type { SocketOptions } from '../../src/options.js'
import { RestartingServer } from '../connection/restarting-server.js'
import { SessionClient } from '../connection/session-client.js'
import { eventually } from '../eventually.js'

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`)

describe('a connection that plugins share', () => {
  let server: RestartingServer
  let hub: SocketHub
  const clients: SessionClient[] = []
  const use = (options: SocketOptions = {}): SessionClient => {
    const client = new SessionClient({ shared: true, ...options }, hub)
    clients.push(client)
    return client
  }
  const push = (...texts: string[]): void => {
    for (const text of texts) for (const socket of server.clients) socket.send(text)
  }

  beforeEach(async () => {
    server = await RestartingServer.start()
    hub = new SocketHub()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]()
    await hub.close()
    expect([hub.sockets, hub.shared.size]).toEqual([0, 0])
    await eventually(() => expect(server.clients).toEqual([]))
    await server[Symbol.asyncDispose]()
  })

  it('is one for all, and each gets every message from when it joined', async () => {
    const [a, b] = [use(), use()]
    const first = await a.open({ url: server.url, shared: true })
    push('0')
    await a.next('message', first)
    const second = await b.open({ url: server.url, shared: true })
    expect([server.clients.length, hub.shared.size]).toEqual([1, 1])
    push(...numbers(1, 100))
    await a.next('message', first, 100)
    await b.next('message', second, 99)
    expect(a.texts(first)).toEqual(numbers(0, 100))
    expect(b.texts(second)).toEqual(numbers(1, 100))
    expect(a.counted).toMatchObject({ open: 1, opened: 1, messagesReceived: 100 })
    expect(b.counted).toMatchObject({ open: 1, opened: 1, messagesReceived: 99 })
  })

  it('ends for the one that closes it, and at the server with the last one', async () => {
    const [a, b] = [use(), use()]
    const first = await a.open({ url: server.url, shared: true })
    const second = await b.open({ url: server.url, shared: true })
    a.close(first, 4000)
    expect(await a.next('close', first)).toMatchObject({ code: 4000, wasClean: true })
    push('still here')
    await b.next('message', second)
    expect(a.texts(first)).toEqual([])
    b.close(second)
    await eventually(() => expect(server.clients).toEqual([]))
    // Whoever comes next opens another one.
    await a.open({ url: server.url, shared: true })
    expect(server.requests).toHaveLength(2)
  })

  it('holds nobody back who reads: each is at its own place', async () => {
    const [fast, slow] = [use(), use()]
    const first = await fast.open({ url: server.url, shared: true })
    const second = await slow.open({ url: server.url, shared: true })
    slow.session.pause(second, true)
    push(...numbers(0, 500))
    await fast.next('message', first, 500)
    expect(slow.texts(second)).toEqual([])
    slow.session.pause(second, false)
    await slow.next('message', second, 500)
    expect(slow.texts(second)).toEqual(numbers(0, 500))
  })

  it('ends for one that is too slow, with 1008, and not for the others', async () => {
    hub = new SocketHub({ shared: { bufferMessages: 10 } })
    const [fast, slow] = [use(), use()]
    const first = await fast.open({ url: server.url, shared: true })
    const second = await slow.open({ url: server.url, shared: true })
    slow.session.pause(second, true)
    push(...numbers(0, 11))
    expect(await slow.next('close', second)).toMatchObject({ code: 1008, wasClean: false })
    expect(slow.of('error', second)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/11 messages behind others that share the connection/),
    })
    push(...numbers(11, 100))
    await fast.next('message', first, 100)
    expect(fast.of('close')).toEqual([])
  })

  it('makes the server wait when nobody reads, and ends for nobody', async () => {
    hub = new SocketHub({ shared: { bufferMessages: 10 } })
    const [a, b] = [use(), use()]
    const first = await a.open({ url: server.url, shared: true })
    const second = await b.open({ url: server.url, shared: true })
    a.session.pause(first, true)
    b.session.pause(second, true)
    push(...numbers(0, 1000))
    await new Promise((resolve) => setTimeout(resolve, 100))
    a.session.pause(first, false)
    b.session.pause(second, false)
    await a.next('message', first, 1000)
    await b.next('message', second, 1000)
    expect([a.of('close'), b.of('close')]).toEqual([[], []])
  })

  it('tells those that are behind the rest before its end', async () => {
    const [a, b] = [use(), use()]
    const first = await a.open({ url: server.url, shared: true })
    const second = await b.open({ url: server.url, shared: true })
    b.session.pause(second, true)
    push('1', '2')
    for (const socket of server.clients) socket.close(4001, 'over')
    expect(await a.next('close', first)).toMatchObject({
      code: 4001,
      reason: 'over',
      wasClean: true,
    })
    expect(b.of('close')).toEqual([])
    b.session.pause(second, false)
    expect(await b.next('close', second)).toMatchObject({
      code: 4001,
      reason: 'over',
      wasClean: true,
    })
    expect(b.texts(second)).toEqual(['1', '2'])
  })

  it('takes no messages of a plugin, but those it is to be greeted with', async () => {
    const client = use()
    const reconnect = { replay: ['subscribe btc'] }
    const socket = await client.open({ url: server.url, shared: true, reconnect })
    expect(() => client.send(socket, 'x')).toThrow(
      expect.objectContaining({ code: 'EWS_DENIED', message: expect.stringMatching(/is shared/) }),
    )
    await eventually(() => expect(server.received).toEqual(['subscribe btc']))
    for (const each of server.clients) each.terminate()
    await client.next('reconnected', socket)
    await eventually(() => expect(server.received).toEqual(['subscribe btc', 'subscribe btc']))
  })

  it('tells those that are behind of everything in its order, reconnecting too', async () => {
    const [a, b] = [use(), use()]
    const options = { url: server.url, shared: true, reconnect: true }
    const first = await a.open(options)
    const second = await b.open(options)
    b.session.pause(second, true)
    push('before')
    await a.next('message', first)
    for (const each of server.clients) each.terminate()
    await a.next('reconnected', first)
    push('behind')
    await a.next('message', first, 2)
    expect(b.types(second)).toEqual(['open'])
    b.session.pause(second, false)
    await b.next('message', second, 2)
    const order = ['open', 'message', 'reconnecting', 'reconnected', 'message']
    expect([a.types(first), b.types(second)]).toEqual([order, order])
  })

  it('reconnects once, for all', async () => {
    const [a, b] = [use(), use()]
    const first = await a.open({ url: server.url, shared: true, reconnect: true })
    const second = await b.open({ url: server.url, shared: true, reconnect: true })
    for (const each of server.clients) each.terminate()
    await a.next('reconnected', first)
    await b.next('reconnected', second)
    expect(server.requests).toHaveLength(2)
    push('on')
    await a.next('message', first)
    await b.next('message', second)
  })

  it.each([
    ['headers', { headers: { 'X-Tenant': 'b' } }],
    ['subprotocols', { protocols: ['chat'] }],
    ['greetings', { reconnect: { replay: ['b'] } }],
  ])('is another one for other %s', async (_, different) => {
    const client = use()
    await client.open({ url: server.url, shared: true })
    await client.open({ url: server.url, shared: true, ...different })
    expect(server.clients).toHaveLength(2)
  })

  it('is another one for plugins with other limits of a connection', async () => {
    await use().open({ url: server.url, shared: true })
    await use({ lifetimeMs: 60_000 }).open({ url: server.url, shared: true })
    await use({ reconnect: true }).open({ url: server.url, shared: true })
    await use({ perMessageDeflate: true }).open({ url: server.url, shared: true })
    await use({ perMessageDeflate: { threshold: 1 } }).open({ url: server.url, shared: true })
    expect(server.clients).toHaveLength(5)
  })

  it('needs host and plugin to say so', async () => {
    await use().open({ url: server.url, shared: true })
    await use().open({ url: server.url })
    expect(server.clients).toHaveLength(2)
    expect(() => use({ shared: false }).connect({ url: server.url, shared: true })).toThrow(
      /this host shares no connections for this plugin: leave `shared` out.*sockets\.shared/,
    )
  })

  it.each(['last', 'first'])('bounds each by its own limits, who comes %s too', async (when) => {
    const [large, small] = [use(), use({ messageBytes: 10 })]
    const open = (client: SessionClient): Promise<number> =>
      client.open({ url: server.url, shared: true })
    const early = when === 'first' ? await open(small) : undefined
    const first = await open(large)
    const second = early ?? (await open(small))
    expect(server.clients).toHaveLength(1)
    push('short', 'longer than ten bytes', 'short again')
    expect(await small.next('close', second)).toMatchObject({ code: 1009, wasClean: false })
    await large.next('message', first, 3)
    expect(large.of('close')).toEqual([])
  })

  it('that cannot be opened fails for each that waits for it', async () => {
    await server.stop()
    const [a, b] = [use(), use()]
    const first = a.connect({ url: server.url, shared: true })
    const second = b.connect({ url: server.url, shared: true })
    await a.next('close', first)
    await b.next('close', second)
    for (const [client, socket] of [
      [a, first],
      [b, second],
    ] as const) {
      expect(client.types(socket)).toEqual(['error', 'close'])
    }
  })

  it('given up while it connects is given up by that plugin alone', async () => {
    const [a, b] = [use(), use()]
    const first = a.connect({ url: server.url, shared: true })
    const second = b.connect({ url: server.url, shared: true })
    a.close(first)
    expect(await a.next('close', first)).toMatchObject({ code: 1006 })
    await b.next('open', second)
    expect(a.types(first)).toEqual(['close'])
  })

  it('ends with its hub', async () => {
    const client = use()
    const socket = await client.open({ url: server.url, shared: true })
    await hub.close()
    expect(await client.next('close', socket)).toMatchObject({ code: 1001 })
    expect(() => client.connect({ url: server.url, shared: true })).toThrow(/SocketHub was closed/)
  })

  it('ends at once when nobody reads, at its hub and at its last plugin', async () => {
    hub = new SocketHub({ shared: { bufferMessages: 10 } })
    const [a, b] = [use({ closeTimeoutMs: 100_000 }), use({ closeTimeoutMs: 99_999 })]
    const first = await a.open({ url: server.url, shared: true })
    const second = await b.open({ url: server.url, shared: true })
    a.session.pause(first, true)
    b.session.pause(second, true)
    b.close(second)
    await eventually(() => expect(hub.sockets).toBe(2))
    await hub.close()
    expect(await a.next('close', first)).toMatchObject({ code: 1001 })
  })

  it('is not kept for a plugin that gives up while the integrator answers', async () => {
    const answers: ((answer: boolean) => void)[] = []
    const authorize = (): Promise<boolean> => new Promise((resolve) => answers.push(resolve))
    const client = use({ authorize, connectsPerMinute: 1000 })
    // How many turns of promises there are between the answer and the connection is nobody's business.
    for (let turns = 0; turns < 20; turns++) {
      const socket = client.connect({ url: `${server.url}/${turns}`, shared: true })
      answers.pop()?.(true)
      for (let i = 0; i < turns; i++) await null
      client.close(socket)
      await client.next('close', socket)
    }
    await eventually(() => expect([hub.sockets, hub.shared.size]).toEqual([0, 0]))
  })
})
