import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { SocketOptions } from '../../src/options.js'
import { SocketHub } from '../../src/hub/socket-hub.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const fast = { firstDelayMs: 10, maxDelayMs: 40 }

describe('a socket that reconnects', () => {
  let server: RestartingServer
  let hub: SocketHub
  let client: SessionClient
  const use = (reconnect: SocketOptions['reconnect'], more: SocketOptions = {}): SessionClient => {
    client = new SessionClient({ reconnect: reconnect ?? fast, ...more }, hub)
    return client
  }

  beforeEach(async () => {
    server = await RestartingServer.start()
    hub = new SocketHub()
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    expect(hub.sockets).toBe(0)
  })

  it('goes on with another connection after the server has restarted', async () => {
    const socket = await use(fast).open({ url: server.url })
    await server.stop()
    const { attempt, code } = await client.next('reconnecting', socket)
    expect([attempt, code]).toEqual([1, 1006])
    await server.start()
    const { attempts, dropped } = await client.next('reconnected', socket)
    expect(attempts).toBeGreaterThanOrEqual(1)
    expect(dropped).toBe(0)
    client.send(socket, 'again')
    await eventually(() => expect(server.received).toEqual(['again']))
    expect(client.of('error')).toEqual([])
    const counted = { open: 1, opened: 2, closed: 1, reconnects: 1, messagesSent: 1, drops: 0 }
    expect(client.counted).toMatchObject({ ...counted, failed: attempts - 1 })
  })

  it('sends first what is replayed, then what was sent meanwhile, in order', async () => {
    const replay = ['subscribe a', { base64: btoa('subscribe b') }]
    const socket = await use(fast).open({ url: server.url, reconnect: { replay } })
    client.send(socket, 'before')
    await eventually(() => expect(server.received).toEqual(['before']))
    await server.stop()
    await client.next('reconnecting', socket)
    for (const text of ['1', '2', '3']) client.send(socket, text)
    await server.start()
    await client.next('reconnected', socket)
    client.send(socket, '4')
    const expected = ['before', 'subscribe a', 'subscribe b', '1', '2', '3', '4']
    await eventually(() => expect(server.received).toEqual(expected))
  })

  it('refuses what does not fit in the queue, reports how much, and says when there is room', async () => {
    const bounds = { ...fast, queueMessages: 2, queueBytes: 100 }
    const socket = await use(bounds).open({ url: server.url })
    await server.stop()
    await client.next('reconnecting', socket)
    expect(() => client.send(socket, 'x'.repeat(101))).toThrow(
      expect.objectContaining({ code: 'EWS_LIMIT' }),
    )
    client.send(socket, 'one')
    client.send(socket, 'two')
    expect(() => client.send(socket, 'three')).toThrow(/wait for drain/)
    await server.start()
    expect((await client.next('reconnected', socket)).dropped).toBe(2)
    await client.next('drain', socket)
    await eventually(() => expect(server.received).toEqual(['one', 'two']))
    expect(client.counted).toMatchObject({ drops: 2, messagesSent: 2 })
  })

  it('sends what is replayed also when it is more than the send buffer holds', async () => {
    const replay = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(500))
    const bounds = { ...fast, queueBytes: 1000 }
    const socket = await use(bounds, { sendBufferBytes: 1000 }).open({
      url: server.url,
      reconnect: { replay },
    })
    for (const each of server.clients) each.terminate()
    await client.next('reconnected', socket)
    await eventually(() => expect(server.received).toEqual(replay))
  })

  it('still says when there is room after the connection that was full is lost', async () => {
    server.onConnection = (socket) => {
      if (server.requests.length === 1) socket.pause()
    }
    const socket = await use(fast, { sendBufferBytes: 2 ** 20 }).open({ url: server.url })
    const text = 'x'.repeat(2 ** 19)
    const refused = (): boolean => {
      try {
        client.send(socket, text)
        return false
      } catch {
        return true
      }
    }
    while (!refused()) await new Promise((resolve) => setImmediate(resolve))
    for (const each of server.clients) each.terminate()
    await client.next('drain', socket)
    client.send(socket, 'at last')
    await eventually(() => expect(server.received.at(-1)).toBe('at last'))
    // And the next time as well.
    for (const each of server.clients) each.pause()
    const drains = client.of('drain', socket).length
    while (!refused()) await new Promise((resolve) => setImmediate(resolve))
    for (const each of server.clients) each.resume()
    await client.next('drain', socket, drains + 1)
  })

  it('queues nothing when the plugin does not want it', async () => {
    const socket = await use(fast).open({ url: server.url, reconnect: { queue: false } })
    await server.stop()
    await client.next('reconnecting', socket)
    expect(() => client.send(socket, 'x')).toThrow(expect.objectContaining({ code: 'EWS_LIMIT' }))
    await server.start()
    expect((await client.next('reconnected', socket)).dropped).toBe(1)
  })

  it('ends when the plugin closes it, also between two connections', async () => {
    const one = await use(fast).open({ url: server.url })
    client.close(one)
    expect(await client.next('close', one)).toMatchObject({ code: 1000, wasClean: true })
    const other = await client.open({ url: server.url })
    await server.stop()
    await client.next('reconnecting', other)
    client.close(other)
    expect(await client.next('close', other)).toMatchObject({ code: 1006, wasClean: false })
    expect(client.of('error')).toEqual([])
  })

  it.each([1000, 1008, 4001])('ends with the close code %i', async (code) => {
    const socket = await use(fast).open({ url: server.url, reconnect: { stopCodes: [4001] } })
    for (const each of server.clients) each.close(code)
    expect(await client.next('close', socket)).toMatchObject({ code, wasClean: true })
    expect(client.of('reconnecting')).toEqual([])
  })

  it.each([1001, 1011, 1012, 4000])('goes on after the close code %i', async (code) => {
    const socket = await use(fast).open({ url: server.url })
    for (const each of server.clients) each.close(code)
    expect((await client.next('reconnecting', socket)).code).toBe(code)
    await client.next('reconnected', socket)
  })

  it('asks the integrator, and ends when that says no or throws', async () => {
    const asked: unknown[] = []
    const retryIf = ({ url, code, attempt }: { url: string; code: number; attempt: number }) => {
      asked.push([url, code, attempt])
      if (asked.length === 2) return false
      if (asked.length === 3) throw new Error('not now')
      return true
    }
    const first = await use({ ...fast, retryIf }).open({ url: server.url })
    for (const each of server.clients) each.close(4000)
    await client.next('reconnected', first)
    for (const each of server.clients) each.close(4000)
    await client.next('close', first)
    const second = await client.open({ url: server.url })
    for (const each of server.clients) each.close(4000)
    await client.next('close', second)
    expect(asked).toEqual([1, 2, 1].map((attempt) => [`${server.url}/`, 4000, attempt]))
  })

  it.each([true, false])(
    'ends when the integrator closes the plugin while it is asked (%s)',
    async (again) => {
      let disposed: Promise<void> | undefined
      const other = new SessionClient(
        {
          reconnect: {
            ...fast,
            retryIf: () => {
              disposed = other.session.dispose()
              return again
            },
          },
        },
        hub,
      )
      use(fast)
      await other.open({ url: server.url })
      for (const each of server.clients) each.close(4000)
      await eventually(() => expect(disposed).toBeDefined())
      await disposed
      expect(other.session.socketCount).toBe(0)
    },
  )

  it('ends after as many attempts as host and plugin both allow, and tells the last failure', async () => {
    const socket = await use({ ...fast, attempts: 5 }).open({
      url: server.url,
      reconnect: { attempts: 3 },
    })
    await server.stop()
    await client.next('close', socket)
    expect(client.of('reconnecting', socket).map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(client.of('error', socket)).toMatchObject([{ error: { code: 'EWS_CONNECT' } }])
  })

  it('counts on when a connection was open for less than minUptimeMs', async () => {
    server.onConnection = (socket) => {
      if (server.requests.length > 1) socket.close(4000)
    }
    const socket = await use({ ...fast, attempts: 4, minUptimeMs: 60_000 }).open({
      url: server.url,
    })
    for (const each of server.clients) each.close(4000)
    await client.next('close', socket)
    expect(client.of('reconnected', socket)).toHaveLength(4)
  })

  it('counts anew when it was open for longer', async () => {
    const socket = await use({ ...fast, attempts: 1, minUptimeMs: 0 }).open({ url: server.url })
    for (let i = 1; i <= 3; i++) {
      for (const each of server.clients) each.close(4000)
      await client.next('reconnected', socket, i)
    }
    expect(client.of('reconnecting', socket).map(({ attempt }) => attempt)).toEqual([1, 1, 1])
  })

  it('does not try again when the first attempt fails', async () => {
    await server.stop()
    const socket = use(fast).connect({ url: server.url })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['error', 'close'])
  })

  it('ends when the server refuses it for good, and goes on when that passes', async () => {
    await server.stop()
    const statuses = [503, 429, 101, 403]
    server = await RestartingServer.start({
      verifyClient: (_info, answer) => {
        const status = server.requests.length === 0 ? 101 : (statuses.shift() ?? 101)
        if (status === 101) answer(true)
        else answer(false, status)
      },
    })
    const socket = await use(fast).open({ url: server.url })
    for (const each of server.clients) each.terminate()
    await client.next('reconnected', socket)
    for (const each of server.clients) each.terminate()
    await client.next('close', socket)
    expect(client.of('error', socket)).toMatchObject([
      { error: { code: 'EWS_HANDSHAKE', status: 403 } },
    ])
  })

  it('is one that the plugin may forbid, ask for, or not ask for', async () => {
    const forbidden = await use(fast).open({ url: server.url, reconnect: false })
    for (const each of server.clients) each.close(4000)
    await client.next('close', forbidden)
    await client[Symbol.asyncDispose]()

    client = new SessionClient({}, hub)
    const silent = await client.open({ url: server.url })
    const asked = await client.open({ url: server.url, reconnect: true })
    for (const each of server.clients) each.close(4000)
    await client.next('close', silent)
    await client.next('reconnecting', asked)
    await client[Symbol.asyncDispose]()

    use(false)
    expect(() => client.connect({ url: server.url, reconnect: true })).toThrow(
      /this host does not reconnect sockets for this plugin.*sockets\.reconnect/,
    )
    await client.open({ url: server.url })
  })

  it('is paused on every connection when the plugin does not read', async () => {
    const socket = await use(fast, { inboxEvents: 4 }).open({ url: server.url })
    client.session.pause(socket, true)
    await server.stop()
    await client.next('reconnecting', socket)
    server.onConnection = (each) => {
      for (let i = 0; i < 100; i++) each.send(String(i))
    }
    await server.start()
    await client.next('reconnected', socket)
    expect(client.texts(socket).length).toBeLessThan(100)
    client.session.pause(socket, false)
    await eventually(() => expect(client.texts(socket)).toHaveLength(100))
  })
})
