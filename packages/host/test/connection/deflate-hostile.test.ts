import type { Socket } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'

import { SocketHub } from '../../src/hub/socket-hub.js'
import type { SocketOptions } from '../../src/options.js'
import { eventually } from '../eventually.js'
import { bombs, zeroMessage } from './bombs.js'
import { frame, HostileServer } from './hostile-server.js'
import { SessionClient } from './session-client.js'

const mebibyte = 2 ** 20
/** These servers answer no close frame. */
const compressing: SocketOptions = { perMessageDeflate: true, closeTimeoutMs: 200 }

describe('a hostile server that may compress', () => {
  let server: HostileServer
  let client: SessionClient
  /** What it was sent. */
  let told: Buffer
  const serve = async (connected: (socket: Socket) => void, options: SocketOptions = {}) => {
    told = Buffer.alloc(0)
    server = await HostileServer.onWebSocket((socket) => {
      socket.on('data', (data) => (told = Buffer.concat([told, data])))
      connected(socket)
    }, 'permessage-deflate')
    client = new SessionClient({ ...compressing, ...options })
  }
  /** The code of the close frame that it was sent: a frame of a client has a mask. */
  const closeCode = (): number => {
    expect(told.at(0)).toBe(0x88)
    return (told.readUInt16BE(6) ^ told.readUInt16BE(2)) & 0xffff
  }

  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await eventually(() => expect(server.connections).toBe(0))
    await server[Symbol.asyncDispose]()
  })

  it.each(bombs)('in %s sends a gigabyte of zeros is told 1009, once', async (_, bomb) => {
    expect(bomb.length).toBeLessThan(1.2 * mebibyte)
    await serve((socket) => socket.write(bomb))
    const before = process.memoryUsage().arrayBuffers
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['open', 'error', 'close'])
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/sent a message above sockets\.messageBytes/),
    })
    await eventually(() => expect(closeCode()).toBe(1009))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * mebibyte)
  })

  it('takes a message of exactly messageBytes, and none of one more', async () => {
    await serve((socket) => socket.write(Buffer.concat([zeroMessage(1000), zeroMessage(1001)])), {
      messageBytes: 1000,
    })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['open', 'message', 'error', 'close'])
    expect(closeCode()).toBe(1009)
  })

  it('sends what cannot be decompressed is told 1007', async () => {
    await serve((socket) => socket.write(frame(0xc1, Buffer.alloc(100, 0xff))))
    const socket = await client.open({ url: server.url, reconnect: true })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['open', 'error', 'close'])
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_PROTOCOL',
      message: expect.stringMatching(/what it compressed cannot be decompressed: invalid/),
    })
    expect(closeCode()).toBe(1007)
  })

  it('fills no memory by a little that is read before reading is stopped', async () => {
    // A gigabyte, of which 64 KiB that are read at once are 64 MiB.
    const messages = Buffer.concat(Array<Buffer>(128).fill(zeroMessage(8 * mebibyte)))
    await serve((socket) => socket.write(messages))
    client.stopReading()
    const socket = client.connect({ url: server.url })
    await eventually(() => expect(closeCode()).toBe(1009))
    // The inbox, a message and 16 MiB.
    expect(client.session.inbox.peakBytes).toBeLessThan(48 * mebibyte)
    client.goOnReading()
    await client.next('close', socket)
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/came to more than 33554432 bytes decompressed/),
    })
  })

  it('may have sent somewhat more than the inbox holds when reading is stopped', async () => {
    const messages = Buffer.concat(Array<Buffer>(4).fill(zeroMessage(8 * mebibyte)))
    await serve((socket) => socket.write(messages), { inboxBytes: 1000 })
    client.stopReading()
    const socket = client.connect({ url: server.url })
    await eventually(() => expect(client.session.inbox.peakBytes).toBeGreaterThan(8 * mebibyte))
    client.goOnReading()
    await client.next('message', socket, 4)
    expect(client.of('error', socket)).toEqual([])
  })

  it('fills no memory by a warm connection', async () => {
    const messages = Buffer.concat(Array<Buffer>(128).fill(zeroMessage(8 * mebibyte)))
    let connections = 0
    await serve((socket) => void (++connections === 2 && socket.write(messages)), { warm: true })
    const hub = new SocketHub()
    const own = new SessionClient({ ...compressing, warm: true }, hub)
    await own.open({ url: server.url, warm: true })
    await eventually(() => expect([connections, hub.warm.size]).toEqual([2, 0]))
    expect(own.of('error')).toEqual([])
    await own[Symbol.asyncDispose]()
    await hub.close()
  })

  it('answers what nobody offered gets no connection', async () => {
    server = await HostileServer.onWebSocket(
      (socket) => socket.resume(),
      'permessage-deflate; server_max_window_bits=99',
    )
    client = new SessionClient({ perMessageDeflate: true })
    const socket = client.connect({ url: server.url })
    await client.next('close', socket)
    expect(client.types(socket)).toEqual(['error', 'close'])
  })

  it('gets messages below the threshold as they are, and others compressed', async () => {
    await serve(() => {}, { perMessageDeflate: { threshold: 100 } })
    const socket = await client.open({ url: server.url })
    client.send(socket, 'x'.repeat(99))
    await eventually(() => expect(told).toHaveLength(2 + 4 + 99))
    client.send(socket, 'x'.repeat(100))
    await eventually(() => expect(told.length).toBeGreaterThan(2 + 4 + 99))
    // The first byte of a frame: FIN, and RSV1 for what is compressed (RFC 7692 §6).
    expect([told.at(0), told.at(2 + 4 + 99)]).toEqual([0x81, 0xc1])
    expect(told.length).toBeLessThan(2 * (2 + 4) + 99 + deflateRawSync('x'.repeat(100)).length + 8)
  })
})
