import { acceptedRecord, encodeRecords, type AcceptedSocket } from '@extism-ws/protocol'
import { afterEach, describe, expect, test } from 'vitest'

import '../src/accept.js'
import { connect, sockets, type ConnectionRequest, type Socket } from '../src/index.js'
import { dispatch, engine, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

type Handler = (socket: Socket, request: ConnectionRequest) => unknown

/** A connection that somebody opened to the host, and the input of `onConnection`. */
function accepted(about: Partial<AcceptedSocket> = {}): {
  server: FakeConnection
  input: Uint8Array
} {
  const server = host.adopt()
  const record = acceptedRecord({
    socket: server.id,
    name: '',
    url: 'ws://plugin.example/chat?room=1',
    protocol: 'v1',
    extensions: '',
    headers: { origin: 'https://a.example' },
    remoteAddress: '192.0.2.1',
    ...about,
  })
  return { server, input: encodeRecords([{ ...record, type: 99 }, record]) }
}

/** What the author's export returns for an input. */
function onConnection(input: Uint8Array, handler: Handler): unknown {
  return engine.callHooked('onConnection', handler, input)
}

afterEach(async () => {
  host.endAll()
  await dispatch()
})

describe('the export onConnection', () => {
  test('gets the socket, and how it came about', () => {
    const { input } = accepted()
    const [socket, request] = onConnection(input, (...given) => given) as Parameters<Handler>
    expect(socket).toMatchObject({
      name: undefined,
      url: 'ws://plugin.example/chat?room=1',
      protocol: 'v1',
      extensions: '',
      attachment: undefined,
      reconnecting: false,
    })
    const { call, ...about } = request
    expect(about).toEqual({
      url: 'ws://plugin.example/chat?room=1',
      headers: { origin: 'https://a.example' },
      remoteAddress: '192.0.2.1',
    })
    expect(call.id).toBe(1)
  })

  test('may serve the connection for as long as it lasts', async () => {
    const { server, input } = accepted()
    const served = onConnection(input, async (socket) => {
      socket.send('welcome')
      for await (const message of socket) socket.send(`${String(message)}?`)
      return 'done'
    })
    server.message('one').message('two')
    await dispatch()
    expect(server.sent).toEqual(['welcome', 'one?', 'two?'])
    server.end(1000)
    await dispatch()
    expect(await served).toBe('done')
  })

  test('gets a socket that is open and found by its name, and that keeps bytes', async () => {
    const { server, input } = accepted({ name: 'visitor' })
    const socket = onConnection(input, (given) => given) as Socket
    expect(sockets.get('visitor')).toBe(socket)
    expect(sockets.list()).toEqual([socket])
    await expect(connect('ws://a.example/', { name: 'visitor' })).rejects.toThrow('already open')
    socket.attachment = Uint8Array.of(7)
    expect(server.attachment).toEqual(Uint8Array.of(7))
    server.end(1001)
    await dispatch()
    expect(await socket.closed).toMatchObject({ code: 1001 })
    expect(sockets.list()).toEqual([])
  })

  test('gets a socket that ends with its event when the client has left already', async () => {
    const { server, input } = accepted()
    server.message('last').end(1000)
    const socket = onConnection(input, (given) => given) as Socket
    await dispatch()
    expect(await socket.receive()).toBe('last')
    await expect(socket.receive()).rejects.toMatchObject({ code: 'EWS_CLOSED' })
  })

  test('fails as other exports do when the author throws', () => {
    const { input } = accepted()
    const fails = (): unknown =>
      onConnection(input, () => {
        throw new Error('no room')
      })
    expect(fails).toThrow('no room')
  })

  test('says so when it is not the host that calls it', () => {
    const called = { code: 'EWS_BAD_REQUEST', message: expect.stringContaining('holds none') }
    const never = (): never => {
      throw new Error('called')
    }
    for (const input of [
      new Uint8Array(0),
      new TextEncoder().encode('hello'),
      new Uint8Array(32),
    ]) {
      expect(() => onConnection(input, never)).toThrow(expect.objectContaining(called))
    }
  })

  test('is not called twice for one socket', () => {
    const { server, input } = accepted()
    onConnection(input, () => {})
    expect(() => onConnection(input, () => {})).toThrow(`has socket ${server.id} already`)
  })
})
