import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import type { SocketOptions } from '../../src/options.js'
import { RestartingServer } from '../connection/restarting-server.js'
import { SessionClient } from '../connection/session-client.js'
import { eventually } from '../eventually.js'

describe('warm connections', () => {
  let server: RestartingServer
  let hub: SocketHub
  const clients: SessionClient[] = []
  const use = (options: SocketOptions = {}): SessionClient => {
    const client = new SessionClient({ warm: true, ...options }, hub)
    clients.push(client)
    return client
  }
  /** As many as the server has seen, when they are open. */
  const ready = (connections: number): Promise<void> =>
    eventually(() => {
      expect(server.clients).toHaveLength(connections)
      expect(hub.warm.size).toBeGreaterThan(0)
    })

  beforeEach(async () => {
    server = await RestartingServer.start()
    hub = new SocketHub({ warm: { each: 1, connections: 3 } })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]()
    await hub.close()
    expect([hub.sockets, hub.warm.size]).toEqual([0, 0])
    await server[Symbol.asyncDispose]()
  })

  it('are opened for the next one, and handed out once, to one plugin', async () => {
    const first = await use().open({ url: server.url, warm: true })
    await ready(2)
    const other = use()
    const second = await other.open({ url: server.url, warm: true })
    await ready(3)
    other.send(second, 'from the second')
    clients[0]?.send(first, 'from the first')
    await eventually(() =>
      expect(server.received.sort()).toEqual(['from the first', 'from the second']),
    )
    expect(hub.sockets).toBe(3)
    other.close(second)
    await other.next('close', second)
    // It does not come back: what a plugin had is nobody else's.
    expect(server.clients).toHaveLength(2)
  })

  it('bring along what the server has said by then', async () => {
    server.onConnection = (socket) => socket.send('welcome')
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    const second = await client.open({ url: server.url, warm: true })
    await client.next('message', second)
    expect([client.types(second), client.texts(second)]).toEqual([['open', 'message'], ['welcome']])
  })

  it('are not read from without bound', async () => {
    server.onConnection = (socket) => {
      for (let i = 0; i < 1000; i++) socket.send(`${i}`)
    }
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    const second = await client.open({ url: server.url, warm: true })
    await client.next('message', second, 1000)
    expect(client.texts(second)).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}`))
  })

  it('hold no more than a mebibyte for nobody, and the message that exceeds it', async () => {
    server.onConnection = (socket) => {
      for (let i = 0; i < 60; i++) socket.send(Buffer.alloc(2 ** 20))
    }
    const client = use()
    const first = await client.open({ url: server.url, warm: true })
    await client.next('message', first, 60)
    await ready(2)
    const held = (): number =>
      server.clients.reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0)
    await eventually(() => expect(held()).toBeGreaterThan(30 * 2 ** 20))
    const second = await client.open({ url: server.url, warm: true })
    await client.next('message', second, 60)
  })

  it('are given up when the server floods pings', async () => {
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    const [, warm] = server.clients
    for (let i = 0; i < 1000; i++) warm?.ping()
    await eventually(() => expect(hub.warm.size).toBe(0))
    expect(client.of('close')).toEqual([])
  })

  it.each([
    ['URL', { url: '/other' }],
    ['subprotocols', { protocols: ['chat'] }],
    ['headers', { headers: { 'X-Tenant': 'b' } }],
  ])('are only for the same %s', async (_, different) => {
    const client = use()
    const same = { url: server.url, headers: { 'x-tenant': 'a' }, warm: true }
    await client.open(same)
    await ready(2)
    const { url = '', ...rest } = different as { url?: string }
    await client.open({ ...same, ...rest, url: server.url + url })
    // One that waited still does, and another one was opened in advance for the different one.
    await eventually(() => expect([server.clients.length, hub.warm.size]).toEqual([4, 2]))
    await client.open({ ...same, headers: { 'X-Tenant': 'a' } })
    await eventually(() => expect([server.clients.length, hub.warm.size]).toEqual([5, 2]))
  })

  it.each<SocketOptions>([
    { messageBytes: 10 },
    { perMessageDeflate: true },
    { perMessageDeflate: { threshold: 10 } },
  ])('are only for plugins of the same limits, not with %j', async (other) => {
    await use().open({ url: server.url, warm: true })
    await ready(2)
    await use(other).open({ url: server.url, warm: true })
    await eventually(() => expect([server.clients.length, hub.warm.size]).toEqual([4, 2]))
  })

  it('need host and plugin to say so', async () => {
    await use().open({ url: server.url })
    await use({ warm: false }).open({ url: server.url })
    expect([server.clients.length, hub.warm.size]).toEqual([2, 0])
    expect(() => clients[1]?.connect({ url: server.url, warm: true })).toThrow(
      /this host hands out no warm connections for this plugin: leave `warm` out.*sockets\.warm/,
    )
  })

  it('end when nobody asks for them, and when the server ends them', async () => {
    hub = new SocketHub({ warm: { idleMs: 1000 } })
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    await eventually(() => expect(hub.warm.size).toBe(0))
    const second = await client.open({ url: server.url, warm: true })
    await ready(3)
    for (const each of server.clients.slice(-1)) each.close(4000)
    await eventually(() => expect(hub.warm.size).toBe(0))
    await client.open({ url: server.url, warm: true })
    expect(client.of('close', second)).toEqual([])
  })

  it('are no more than there may be, and none when the host is full', async () => {
    const client = use()
    for (let i = 0; i < 5; i++) await client.open({ url: `${server.url}/${i}`, warm: true })
    expect(hub.warm.size).toBe(3)
    await hub.close()
    hub = new SocketHub({ sockets: 1 })
    const only = use()
    await only.open({ url: server.url, warm: true })
    expect([hub.sockets, hub.warm.size]).toEqual([1, 0])
  })

  it('are forgotten when they cannot be opened', async () => {
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    await server.stop()
    await eventually(() => expect(hub.warm.size).toBe(0))
    const failed = client.connect({ url: server.url, warm: true })
    await client.next('close', failed)
    await eventually(() => expect(hub.warm.size).toBe(0))
  })

  it('are used to reconnect as well', async () => {
    const client = use()
    const url = server.url
    const reconnect = { replay: ['subscribe'] }
    const socket = await client.open({ url, warm: true, reconnect })
    await ready(2)
    server.clients[0]?.close(4000)
    await client.next('reconnected', socket)
    await eventually(() => expect(server.received).toEqual(['subscribe']))
  })

  it('given up at once are never open for the plugin, and end', async () => {
    server.onConnection = (socket) => socket.send('welcome')
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    const second = client.connect({ url: server.url, warm: true })
    expect(client.session.info(second)).toMatch(/"state":"connecting"/)
    expect(() => client.send(second, 'x')).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
    client.close(second)
    client.close(second)
    expect(await client.next('close', second)).toMatchObject({ code: 1006, wasClean: false })
    expect(client.types(second)).toEqual(['close'])
  })

  it('end with a plugin that is disposed before it hears of them', async () => {
    const client = use()
    await client.open({ url: server.url, warm: true })
    await ready(2)
    const other = use()
    other.session.connect(
      new TextEncoder().encode(JSON.stringify({ url: server.url, warm: true, wait: false })),
    )
    await other.session.dispose()
    // That of the first, its warm one that is gone, and the next one.
    await eventually(() => expect([hub.sockets, hub.warm.size]).toEqual([2, 1]))
  })
})
