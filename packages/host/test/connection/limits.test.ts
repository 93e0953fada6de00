import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const million = 1_000_000

describe('a limit that is exceeded', () => {
  let server: RestartingServer
  let client: SessionClient

  beforeEach(async () => {
    server = await RestartingServer.start()
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it.each([1, million])('by %i: messageBytes closes the socket with 1009', async (more) => {
    const seen: number[] = []
    server.onConnection = (socket) => {
      socket.on('close', (code) => seen.push(code))
      socket.send('x'.repeat(1000))
      socket.send('x'.repeat(1000 + more))
    }
    client = new SessionClient({ messageBytes: 1000 })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.texts(socket).map(({ length }) => length)).toEqual([1000])
    expect(client.of('error', socket)).toMatchObject([{ error: { code: 'EWS_LIMIT' } }])
    await eventually(() => expect(seen).toEqual([1009]))
  })

  it.each([1, million])('by %i: bytesPerSecond closes the socket with 1008', async (more) => {
    const seen: number[] = []
    server.onConnection = (socket) => {
      socket.on('close', (code) => seen.push(code))
      for (let i = 0; i < 10; i++) socket.send('x'.repeat(100))
      socket.send('x'.repeat(more))
    }
    client = new SessionClient({ bytesPerSecond: 1000 })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.texts(socket)).toHaveLength(10)
    expect(client.of('error', socket)[0]?.error.message).toMatch(/sockets\.bytesPerSecond/)
    await eventually(() => expect(seen).toEqual([1008]))
  })

  it('is the end: what comes until the connection has closed is not heard', async () => {
    server.onConnection = (socket) => {
      for (let i = 0; i < 10; i++) socket.send('x'.repeat(100))
      socket.send('x'.repeat(1000))
      for (let i = 0; i < 10; i++) socket.send('late')
    }
    client = new SessionClient({ bytesPerSecond: 1500 })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.texts(socket)).toHaveLength(10)
    expect(client.of('error', socket)).toHaveLength(1)
  })

  it('by one and by many: sockets, of the plugin', async () => {
    client = new SessionClient({ sockets: 3 })
    const ids = [1, 2, 3].map(() => client.connect({ url: server.url }))
    for (let i = 0; i < 1000; i++) {
      expect(() => client.connect({ url: server.url })).toThrow(
        /the plugin has 3 sockets, sockets\.sockets allows 3/,
      )
    }
    client.close(ids[0] ?? 0)
    await client.next('close', ids[0])
    await client.open({ url: server.url })
  })

  it('by one and by many: sockets, of all plugins', async () => {
    const hub = new SocketHub({ sockets: 2 })
    client = new SessionClient({}, hub)
    const other = new SessionClient({}, hub)
    const first = await client.open({ url: server.url })
    await other.open({ url: server.url })
    for (let i = 0; i < 100; i++) {
      expect(() => other.connect({ url: server.url })).toThrow(
        expect.objectContaining({
          code: 'EWS_LIMIT',
          message: 'the plugins of this host have 2 sockets, its SocketHub allows 2 (sockets)',
        }),
      )
    }
    expect(hub.sockets).toBe(2)
    client.close(first)
    await client.next('close', first)
    await other.open({ url: server.url })
    await other[Symbol.asyncDispose]()
    expect(hub.sockets).toBe(0)
  })

  it('by one and by many: connectsPerMinute', async () => {
    client = new SessionClient({ connectsPerMinute: 5 })
    for (let i = 0; i < 5; i++) {
      const socket = await client.open({ url: server.url })
      client.close(socket)
      await client.next('close', socket)
    }
    for (let i = 0; i < 1000; i++) {
      expect(() => client.connect({ url: server.url })).toThrow(/sockets\.connectsPerMinute/)
    }
  })

  it('is refused by a SocketHub when it makes no sense', () => {
    client = new SessionClient({})
    expect(() => new SocketHub({ sockets: 0 })).toThrow(/hub\.sockets must be a positive/)
    expect(() => new SocketHub({ warm: { each: -1 } })).toThrow(/hub\.warm\.each/)
    expect(() => new SocketHub({ shared: { bufferBytes: NaN } })).toThrow(
      /hub\.shared\.bufferBytes/,
    )
  })
})
