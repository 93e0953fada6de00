import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { SocketOptions } from '../../src/options.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const text = (size: number): string =>
  '{"price":1,"at":"now"},'.repeat(size / 23 + 1).slice(0, size)
/** Less may wait for a connection that is lost than for one that is there. */
const bounded: SocketOptions = { perMessageDeflate: true, reconnect: { queueBytes: 1000 } }
const encoder = new TextEncoder()

const settings: SocketOptions['perMessageDeflate'][] = [
  true,
  { threshold: 0 },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9, threshold: 1 },
]

describe('a connection with permessage-deflate', () => {
  let server: RestartingServer
  let client: SessionClient
  const received: Buffer[] = []
  const bufferedAmount = (socket: number): number =>
    Number(JSON.parse(client.session.info(socket)).bufferedAmount)
  const echo = (socket: WebSocket): void =>
    void socket.on('message', (data, binary) => socket.send(data, { binary }))

  beforeEach(async () => {
    received.length = 0
    server = await RestartingServer.start({ perMessageDeflate: true })
    server.onConnection = (socket) =>
      socket.on('message', (data: Buffer) => void received.push(data))
    client = new SessionClient({ perMessageDeflate: true })
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('tells what was negotiated', async () => {
    const socket = await client.open({ url: server.url })
    expect(client.of('open', socket)).toMatchObject([{ extensions: 'permessage-deflate' }])
    expect(server.clients.map(({ extensions }) => extensions)).toEqual(['permessage-deflate'])
  })

  it('is one without it when the server, or the integrator, does not want it', async () => {
    const plain = await RestartingServer.start({ perMessageDeflate: false })
    const socket = await client.open({ url: plain.url })
    expect(client.of('open', socket)).toMatchObject([{ extensions: '' }])
    const without = new SessionClient({})
    const other = await without.open({ url: server.url })
    expect(without.of('open', other)).toMatchObject([{ extensions: '' }])
    expect(server.requests[0]?.headers['sec-websocket-extensions']).toBeUndefined()
    await without[Symbol.asyncDispose]()
    client.close(socket)
    await client.next('close', socket)
    await plain[Symbol.asyncDispose]()
  })

  it.each(settings)('carries every size unchanged and in order, with %j', async (option) => {
    server.onConnection = echo
    const own = new SessionClient({ perMessageDeflate: option ?? false })
    const socket = await own.open({ url: server.url })
    const sizes = [0, 1, 125, 126, 1023, 1024, 65_535, 65_536, 3_000_000]
    const sent = sizes.flatMap((size) => [encoder.encode(text(size)), randomBytes(size)])
    for (const [i, data] of sent.entries()) own.session.send(socket, (i % 2) + 1, data)
    await own.next('message', socket, sent.length)
    for (const [i, { kind, data }] of own.of('message', socket).entries()) {
      expect(kind).toBe((i % 2) + 1)
      expect(Buffer.from(sent[i] ?? []).equals(data), `message ${i}`).toBe(true)
    }
    await own[Symbol.asyncDispose]()
  })

  it('says how it is to be done, and no more than was set', async () => {
    const own = new SessionClient({
      perMessageDeflate: { serverNoContextTakeover: true, clientMaxWindowBits: 10 },
    })
    await own.open({ url: server.url })
    await client.open({ url: server.url })
    expect(server.requests.map(({ headers }) => headers['sec-websocket-extensions'])).toEqual([
      'permessage-deflate; server_no_context_takeover; client_max_window_bits=10',
      'permessage-deflate; client_max_window_bits',
    ])
    await own[Symbol.asyncDispose]()
  })

  it('takes less of the network in both directions, and counts what messages are without it', async () => {
    server.onConnection = echo
    const socket = await client.open({ url: server.url })
    const [{ socket: tcp } = { socket: undefined }] = server.requests
    for (let i = 0; i < 10; i++) client.send(socket, text(100_000))
    await client.next('message', socket, 10)
    expect(tcp?.bytesRead).toBeLessThan(100_000)
    expect(tcp?.bytesWritten).toBeLessThan(100_000)
    expect(client.counted).toMatchObject({ bytesSent: 1_000_000, bytesReceived: 1_000_000 })
  })

  it('is bounded by bytesPerSecond in what messages are decompressed', async () => {
    server.onConnection = (socket) => socket.send(text(1_000_000))
    const own = new SessionClient({ perMessageDeflate: true, bytesPerSecond: 999_999 })
    const socket = await own.open({ url: server.url })
    await own.next('close', socket)
    expect(own.of('error', socket)[0]?.error.message).toMatch(/sockets\.bytesPerSecond/)
    await own[Symbol.asyncDispose]()
  })

  it('sends what a message was when it was sent, whatever becomes of the memory', async () => {
    const socket = await client.open({ url: server.url })
    const memory = new Uint8Array(200_000)
    const sizes = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? 100_000 : 10))
    for (const [i, size] of sizes.entries()) {
      const view = memory.subarray(i * 7, i * 7 + size).fill(i)
      client.session.send(socket, 2, view)
      memory.fill(255)
    }
    await eventually(() => expect(received.length).toBe(sizes.length))
    for (const [i, size] of sizes.entries()) {
      expect(Buffer.alloc(size, i).equals(received[i] ?? Buffer.alloc(0)), `message ${i}`).toBe(
        true,
      )
    }
  })

  it('lets no message overtake one that is being compressed, a close frame neither', async () => {
    const seen: unknown[] = []
    server.onConnection = (socket) => {
      socket.on('message', (data: Buffer) => seen.push(data.length))
      socket.on('close', (code) => seen.push(`closed with ${code}`))
    }
    const socket = await client.open({ url: server.url })
    for (const size of [2_000_000, 1, 0, 1_000_000, 2]) client.send(socket, text(size))
    client.close(socket)
    expect(await client.next('close', socket)).toMatchObject({ code: 1000, wasClean: true })
    await eventually(() =>
      expect(seen).toEqual([2_000_000, 1, 0, 1_000_000, 2, 'closed with 1000']),
    )
  })

  it('counts what is being compressed as unsent, refuses beyond the bound, and drains when all is sent', async () => {
    const own = new SessionClient({ ...bounded, sendBufferBytes: 1_000_000 })
    client = own
    const socket = await own.open({ url: server.url })
    // What was refused is told of behind all that was taken.
    const left: number[] = []
    const { onEvents } = own.session
    own.session.onEvents = () => {
      left.push(bufferedAmount(socket))
      onEvents()
    }
    for (let i = 0; i < 4; i++) own.send(socket, text(250_000))
    await Promise.resolve()
    expect(bufferedAmount(socket)).toBe(1_000_000)
    expect(() => own.send(socket, 'x')).toThrow(
      expect.objectContaining({
        code: 'EWS_LIMIT',
        message: expect.stringMatching(/1000000 unsent bytes, at most 1000000 are allowed/),
      }),
    )
    await own.next('drain', socket)
    expect(left).toEqual([0])
    own.send(socket, 'goes on')
    await eventually(() => expect(received.length).toBe(5))
    expect(own.of('drain', socket)).toHaveLength(1)
  })

  it('drains for a sender that never stops', async () => {
    const own = new SessionClient({ ...bounded, sendBufferBytes: 300_000 })
    client = own
    const socket = await own.open({ url: server.url })
    for (let drains = 1; drains <= 5; drains++) {
      expect(() => {
        for (;;) own.send(socket, text(50_000))
      }).toThrow(/wait for drain/)
      await own.next('drain', socket, drains)
    }
  })

  it('is told anew what was negotiated when it is another one', async () => {
    const socket = await client.open({ url: server.url, reconnect: true })
    await server.stop()
    const { port } = new URL(server.url)
    const plain = await RestartingServer.start({ perMessageDeflate: false }, Number(port))
    expect(await client.next('reconnected', socket)).toMatchObject({ extensions: '' })
    client.send(socket, text(100_000))
    await eventually(() => expect(plain.received).toEqual([text(100_000)]))
    await plain[Symbol.asyncDispose]()
  })
})

describe('a connection that ends while messages are compressed', () => {
  let server: RestartingServer
  let client: SessionClient
  const incompressible = randomBytes(2_000_000)

  beforeEach(async () => {
    server = await RestartingServer.start({ perMessageDeflate: true })
    client = new SessionClient({ perMessageDeflate: true, closeTimeoutMs: 20_000 })
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it.each<[string, (socket: number) => unknown, number]>([
    ['the plugin', (socket) => client.close(socket, 4000), 4000],
    ['the server, with a close frame', () => server.clients[0]?.close(4001), 4001],
    ['the server, without one', () => server.clients[0]?.terminate(), 1006],
  ])('by %s tells so once, and leaves nothing behind', async (_, end, code) => {
    const socket = await client.open({ url: server.url })
    for (let i = 0; i < 5; i++) client.session.send(socket, 2, incompressible)
    end(socket)
    expect(await client.next('close', socket)).toMatchObject({ code })
    expect(client.of('drain', socket)).toEqual([])
    await client[Symbol.asyncDispose]()
    await eventually(() => expect(server.clients.length).toBe(0))
  })

  it('does not keep its plugin from being disposed', async () => {
    const socket = await client.open({ url: server.url })
    for (let i = 0; i < 5; i++) client.session.send(socket, 2, incompressible)
    await client.session.dispose()
    expect(client.session.socketCount).toBe(0)
    await eventually(() => expect(server.clients.length).toBe(0))
  })

  it('keeps nothing of what zlib can do at a time', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 30 }, () => client.open({ url: server.url })),
    )
    for (const socket of sockets) client.session.send(socket, 2, incompressible)
    for (const one of server.clients) one.terminate()
    for (const socket of sockets) await client.next('close', socket)
    const socket = await client.open({ url: server.url })
    client.send(socket, text(100_000))
    await eventually(() => expect(server.received.includes(text(100_000))).toBe(true))
    await client[Symbol.asyncDispose]()
  })
})
