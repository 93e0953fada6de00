import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer, type ClientOptions } from 'ws'

import type { SocketOptions } from '../../src/options.js'
import { eventually } from '../eventually.js'
import { AcceptorServer } from './acceptor-server.js'

const text = (size: number): string =>
  '{"price":1,"at":"now"},'.repeat(size / 23 + 1).slice(0, size)

describe('a client that offers permessage-deflate', () => {
  let server: AcceptorServer
  let client: WebSocket
  const open = async (sockets: SocketOptions, options: ClientOptions = {}): Promise<void> => {
    server = await AcceptorServer.start(sockets)
    await join(options)
  }
  const join = async (options: ClientOptions = {}): Promise<void> => {
    client = new WebSocket(`ws://127.0.0.1:${server.port}`, options)
    client.on('error', () => {})
    await once(client, 'open')
    await eventually(() => expect(server.client.session.socketCount).toBe(1))
  }
  /** What the guest sends from memory that it uses again at once, and the client gets. */
  const echoed = async (sizes: readonly number[]): Promise<void> => {
    const got: Buffer[] = []
    client.on('message', (data: Buffer) => got.push(data))
    const memory = new Uint8Array(2_000_000)
    for (const [i, size] of sizes.entries()) {
      server.client.session.send(1, 2, memory.subarray(0, size).fill(i + 1))
      memory.fill(0)
    }
    await eventually(() => expect(got.length).toBe(sizes.length))
    for (const [i, size] of sizes.entries()) {
      expect(Buffer.alloc(size, i + 1).equals(got[i] ?? Buffer.alloc(0)), `message ${i}`).toBe(true)
    }
  }
  const sizes = [1_000_000, 1, 0, 126, 1024, 65_536, 2_000_000, 5]

  afterEach(async () => {
    client.terminate()
    await server[Symbol.asyncDispose]()
  })

  it('gets it when the integrator says so, and messages unchanged and in order', async () => {
    await open({ perMessageDeflate: true })
    expect(client.extensions).toBe('permessage-deflate')
    await echoed(sizes)
    client.send(text(1_000_000))
    await server.client.next('message', 1)
    expect(server.client.texts(1)).toEqual([text(1_000_000)])
  })

  it('does not get it otherwise', async () => {
    await open({})
    expect(client.extensions).toBe('')
    await echoed(sizes)
  })

  it('in a way that the host does not take gets a connection without it', async () => {
    await open(
      { perMessageDeflate: { clientMaxWindowBits: 10 } },
      { perMessageDeflate: { clientMaxWindowBits: false as never } },
    )
    expect(client.extensions).toBe('')
    await echoed(sizes)
    expect(server.outcomes).toHaveLength(1)
    await server.outcomes[0]
  })

  it('is told 1009 when a message is above messageBytes decompressed', async () => {
    await open({ perMessageDeflate: true, messageBytes: 100_000 })
    client.send(text(100_000))
    client.send(text(100_001))
    expect((await once(client, 'close'))[0]).toBe(1009)
    await server.client.next('close', 1)
    expect(server.client.types(1)).toEqual(['message', 'error', 'close'])
  })

  it('gets what a server of the integrator agrees to, whatever the option', async () => {
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true })
    server = await AcceptorServer.start({ sendBufferBytes: 2 ** 21 })
    server.onUpgrade = (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (ws) => server.acceptor.take(ws, request, {}))
    await join()
    expect(client.extensions).toBe('permessage-deflate')
    await echoed([2 ** 20, 2 ** 20 - 1])
    expect(() => {
      for (;;) server.client.send(1, text(2 ** 20))
    }).toThrow(/wait for drain/)
    await server.client.next('drain', 1)
    const { sendRoom } = JSON.parse(server.client.session.info(1)) as { sendRoom: number }
    expect(sendRoom).toBe(2 ** 21)
  })
})
