import { deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'

import { flood, frame, HostileServer } from './hostile-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

describe('a hostile server', () => {
  let server: HostileServer
  let client: SessionClient

  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await eventually(() => expect(server.connections).toBe(0))
    await server[Symbol.asyncDispose]()
  })

  it('that sends its handshake byte by byte has connectTimeoutMs for all of it', async () => {
    server = await HostileServer.onTcp((socket) => {
      socket.resume()
      socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Padding: ')
      const timer = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    client = new SessionClient({ connectTimeoutMs: 200 })
    const socket = client.connect({ url: server.url })
    expect(await client.next('close', socket)).toMatchObject({ code: 1006 })
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_TIMEOUT',
      message: expect.stringMatching(
        /opening handshake in time \(sockets\.connectTimeoutMs: 200\)/,
      ),
    })
  })

  it('that sends headers without end is cut off', async () => {
    server = await HostileServer.onTcp((socket) => {
      socket.resume()
      socket.write('HTTP/1.1 101 Switching Protocols\r\n')
      flood(socket, Buffer.from(`X-Padding: ${'x'.repeat(1000)}\r\n`))
    })
    client = new SessionClient({})
    const socket = client.connect({ url: server.url })
    await client.next('close', socket)
    expect(client.of('error', socket)[0]?.error.code).toBe('EWS_CONNECT')
  })

  it('that floods pings is told 1008, and its pings are not answered without bound', async () => {
    let answered = 0
    server = await HostileServer.onWebSocket((socket) => {
      socket.on('data', (data) => (answered += data.length))
      flood(socket, Buffer.concat(Array.from({ length: 1000 }, () => frame(0x89, Buffer.alloc(2)))))
    })
    client = new SessionClient({ pingsPerSecond: 50, closeTimeoutMs: 300 })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/more than 50 pings came within a second/),
    })
    // 50 pongs of 8 bytes each, and the close frame with its reason.
    expect(answered).toBeLessThan(50 * 8 + 32)
  })

  it('that is answered in the place of a plugin, and reads nothing, is not answered without bound', async () => {
    let written = 0
    server = await HostileServer.onWebSocket((socket) => {
      socket.pause()
      const requests = Buffer.concat(
        Array.from({ length: 1000 }, () => frame(0x81, Buffer.from('?'))),
      )
      const write = (): void => {
        while (!socket.destroyed && written < 2 ** 18 && socket.write(requests)) written++
      }
      socket.on('drain', write)
      write()
    })
    client = new SessionClient({ sendBufferBytes: 2 ** 20 })
    const autoAnswer = { request: '?', answer: 'x'.repeat(1024) }
    const socket = await client.open({ url: server.url, autoAnswer })
    const unsent = (): number => Number(JSON.parse(client.session.info(socket)).sendRoom)
    await eventually(() => expect(unsent()).toBe(0))
    const before = written
    // It is read on all the same.
    await eventually(() => expect(written).toBeGreaterThan(before + 100))
    expect(client.types(socket)).toEqual(['open'])
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(256 * 2 ** 20)
  })

  it.each([1, 1_000_000])('that sends %i fragments more than it may is told 1008', async (more) => {
    const fragments = 100
    server = await HostileServer.onWebSocket((socket) => {
      socket.resume()
      socket.write(frame(0x01, Buffer.from('x')))
      const rest = Array.from({ length: fragments - 1 + more }, () => frame(0x00, Buffer.from('x')))
      socket.write(Buffer.concat(rest))
    })
    client = new SessionClient({ fragments })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/more fragments than sockets\.fragments/),
    })
    expect(client.of('message')).toEqual([])
  })

  it('that compresses although nobody asked for it is told 1002', async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20))
    server = await HostileServer.onWebSocket((socket) => {
      socket.resume()
      socket.write(frame(0xc2, bomb))
    })
    client = new SessionClient({})
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    expect(client.of('error', socket)[0]?.error.code).toBe('EWS_PROTOCOL')
  })

  it('that goes on after it was refused is not heard any more, whatever it sends', async () => {
    let timer: NodeJS.Timeout | undefined
    server = await HostileServer.onWebSocket((socket) => {
      socket.resume()
      const message = frame(0x82, Buffer.alloc(600))
      socket.write(Buffer.concat([message, message]))
      // Within bounds again, and at last no frame at all.
      timer = setTimeout(() => {
        socket.write(frame(0x82, Buffer.alloc(1)))
        socket.write(Buffer.from([0xff, 0xff]))
      }, 1100)
    })
    client = new SessionClient({ bytesPerSecond: 1000 })
    const socket = await client.open({ url: server.url })
    await client.next('close', socket)
    clearTimeout(timer)
    expect(client.types(socket)).toEqual(['open', 'message', 'error', 'close'])
    expect(client.of('error', socket)[0]?.error.code).toBe('EWS_LIMIT')
  })

  it('that never answers a close frame is cut off', async () => {
    server = await HostileServer.onWebSocket((socket) => {
      // It goes on sending instead.
      socket.resume()
      flood(socket, frame(0x82, Buffer.alloc(1000)))
    })
    client = new SessionClient({ closeTimeoutMs: 200 })
    const socket = await client.open({ url: server.url })
    await client.next('message', socket)
    client.close(socket)
    expect(await client.next('close', socket)).toMatchObject({ code: 1006, wasClean: false })
  })

  it('that sends more than is read has to wait, and memory stays', async () => {
    let written = 0
    server = await HostileServer.onWebSocket((socket) => {
      socket.resume()
      const message = frame(0x82, Buffer.alloc(100_000))
      const write = (): void => {
        while (!socket.destroyed && written < 2 ** 30 && socket.write(message)) {
          written += message.length
        }
      }
      socket.on('drain', write)
      write()
    })
    client = new SessionClient({ inboxBytes: 2 ** 20 })
    client.stopReading()
    const socket = client.connect({ url: server.url })
    await eventually(() => expect(client.session.hasEvents).toBe(true))
    let before = -1
    // Until nothing moves any more.
    await eventually(() => {
      const now = written
      const still = now > 0 && now === before
      before = now
      expect(still).toBe(true)
    })
    // What the inbox, the sockets' buffers and the kernel hold.
    expect(written).toBeLessThan(64 * 2 ** 20)
    client.goOnReading()
    await client.next('message', socket, 100)
  })
})
