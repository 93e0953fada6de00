import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { SocketHub } from '../../src/hub/socket-hub.js'
import { AcceptorServer, clientFrame } from './acceptor-server.js'
import { eventually } from '../eventually.js'

describe('an upgrade that is accepted', () => {
  let server: AcceptorServer

  beforeEach(async () => {
    server = await AcceptorServer.start()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it('loses no message that came in one packet with the request', async () => {
    const tcp = await server.shake(clientFrame('first'), clientFrame('second'))
    await server.client.next('message', undefined, 2)
    expect(server.client.texts(1)).toEqual(['first', 'second'])
    tcp.destroy()
    await server.client.next('close')
  })

  it('ends that connection and nothing else when a broken frame came with the request', async () => {
    const tcp = await server.shake(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    await server.client.next('close')
    expect(server.client.types(1)).toEqual(['error', 'close'])
    expect(server.client.of('error')[0]?.error.code).toBe('EWS_PROTOCOL')
    tcp.destroy()
  })
})

describe('a client that goes away before the plugin is asked', () => {
  let server: AcceptorServer
  let hub: SocketHub

  beforeEach(async () => {
    hub = new SocketHub()
    server = await AcceptorServer.start({}, hub)
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    expect(hub.sockets).toBe(0)
  })

  it.each(['reset', 'ended'])('is an error, and nobody waits for ever: %s', async (how) => {
    const taken = new Promise<[IncomingMessage, Duplex, Buffer]>((resolve) => {
      server.onUpgrade = (...upgrade) => resolve(upgrade)
    })
    const tcp = await server.shake()
    const [request, socket, head] = await taken
    socket.resume().on('error', () => {})
    const gone = new Promise((resolve) => socket.once(how === 'reset' ? 'close' : 'end', resolve))
    if (how === 'reset') tcp.resetAndDestroy()
    else tcp.end()
    await gone
    server.accept(request, socket, head)
    await expect(server.outcomes[0]).rejects.toMatchObject({ code: 'EWS_HANDSHAKE' })
  })

  it.each(['closing', 'closed'])('leaves no socket behind over ws: %s', async (state) => {
    const sockets = new WebSocketServer({ noServer: true })
    const taken = new Promise<[IncomingMessage, WebSocket]>((resolve) => {
      server.onUpgrade = (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (ws) => resolve([request, ws]))
    })
    const tcp = await server.shake()
    const [request, ws] = await taken
    const gone = once(ws, 'close')
    if (state === 'closing') ws.close()
    tcp.destroy()
    if (state === 'closed') await gone
    expect(() => server.acceptor.take(ws, request, {})).toThrow(
      expect.objectContaining({ code: 'EWS_CLOSED' }),
    )
    await gone
    expect(server.client.session.socketCount).toBe(0)
  })
})

describe('a connection that the plugin was not told of yet', () => {
  let server: AcceptorServer
  /** Lets the calls of `onConnection` that wait begin, as when the guest is free. */
  let begin: () => unknown[]

  beforeEach(async () => {
    server = await AcceptorServer.start({ closeTimeoutMs: 200 })
    const waiting: (() => void)[] = []
    server.call = (_name, _input, settings) =>
      new Promise((_resolve, reject) => {
        waiting.push(() => {
          try {
            settings.begin?.()
          } catch (error) {
            reject(error as Error)
            throw error
          }
        })
      })
    begin = () =>
      waiting.splice(0).map((each) => {
        try {
          return each()
        } catch (error) {
          return (error as { code: string }).code
        }
      })
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const settled = async (): Promise<void> => {
    await eventually(() => expect(server.outcomes).toHaveLength(1))
    await server.outcomes[0]
  }

  it('has no events before the call has begun, and all of them then', async () => {
    const tcp = await server.shake(clientFrame('first'))
    await settled()
    tcp.write(clientFrame('second'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.client.events).toEqual([])
    begin()
    await server.client.next('message', 1, 2)
    expect(server.client.texts(1)).toEqual(['first', 'second'])
    tcp.destroy()
    await server.client.next('close', 1)
  })

  it('that is lost before tells so when the call has begun', async () => {
    const tcp = await server.shake()
    await settled()
    // Nothing is read yet, so no answer to the close frame: it is cut.
    server.client.session.endSocket(1, 1011, '')
    await once(tcp, 'close')
    expect(server.client.events).toEqual([])
    begin()
    await server.client.next('close', 1)
    expect(server.client.types(1)).toEqual(['close'])
  })

  it('is not among those of a restart: the call that waits tells of it', async () => {
    const tcp = await server.shake(clientFrame('kept'))
    await settled()
    expect(server.client.session.restart().sockets).toEqual([])
    server.client.session.release('plugin restarted')
    begin()
    await server.client.next('message', 1)
    expect(server.client.session.restart().sockets).toMatchObject([{ socket: 1 }])
    tcp.destroy()
    await server.client.next('close', 1)
  })

  it('is closed with the plugin, which is not called any more', async () => {
    const tcp = await server.shake()
    await settled()
    const ended = once(tcp, 'close')
    await server.client.session.dispose()
    await ended
    expect(begin()).toEqual(['EWS_CLOSED'])
    expect(server.client.events).toEqual([])
  })
})
