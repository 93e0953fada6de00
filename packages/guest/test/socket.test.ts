import { EwsError, type ErrorCode } from '@extism-ws/protocol'
import { beforeEach, describe, expect, test } from 'vitest'

import { connect, type Socket } from '../src/index.js'
import { dispatch, engine, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

beforeEach(() => {
  engine.reports.length = 0
})

/** An open socket and its connection. */
async function opened(): Promise<{ socket: Socket; server: FakeConnection }> {
  const promise = connect('ws://feed.example/')
  const server = host.last.open()
  await dispatch()
  return { socket: await promise, server }
}

/** What the promise is rejected with, with a handler from the start. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('the promise was not rejected')
}

/** Whether the promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const first = await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)])
  return first !== pending
}

describe('connect', () => {
  test('resolves when the connection is open, with what the server chose', async () => {
    const promise = connect('WS://feed.example', { protocols: ['v2', 'v1'] })
    host.last.open({ url: 'ws://feed.example/', protocol: 'v2', extensions: 'none' })
    expect(await isSettled(promise)).toBe(false)
    await dispatch()
    expect(await promise).toMatchObject({
      url: 'ws://feed.example/',
      protocol: 'v2',
      extensions: 'none',
    })
  })

  test('asks for the URL, subprotocols and headers it was given', () => {
    void connect(new URL('wss://feed.example/btc?x=1'), {
      protocols: ['v2', 'v1'],
      headers: { 'X-Key': 'k' },
    })
    expect(host.last.request).toEqual({
      url: 'wss://feed.example/btc?x=1',
      protocols: ['v2', 'v1'],
      headers: { 'X-Key': 'k' },
    })
  })

  test('takes one subprotocol as text, and none by default', () => {
    void connect('ws://feed.example/', { protocols: 'v1' })
    expect(host.last.request.protocols).toEqual(['v1'])
    void connect('ws://feed.example/')
    expect(host.last.request).toEqual({ url: 'ws://feed.example/', protocols: [] })
  })

  test.each<ErrorCode>(['EWS_DENIED', 'EWS_BAD_URL', 'EWS_LIMIT'])(
    'rejects with %s when the host refuses at once',
    async (code) => {
      host.refusal = new EwsError(code, 'the reason')
      await expect(connect('ws://feed.example/')).rejects.toMatchObject({
        name: 'EwsError',
        code,
        message: 'the reason',
      })
    },
  )

  test.each<ErrorCode>(['EWS_CONNECT', 'EWS_TLS', 'EWS_HANDSHAKE', 'EWS_TIMEOUT', 'EWS_DENIED'])(
    'rejects with %s when the attempt fails later',
    async (code) => {
      const rejected = rejection(connect('ws://feed.example/'))
      host.last.fail(code, 'the reason').end()
      await dispatch()
      expect(await rejected).toMatchObject({ code, message: 'the reason' })
    },
  )

  test('rejects with EWS_CLOSED when the connection ends without a reason', async () => {
    const rejected = rejection(connect('ws://feed.example/'))
    host.last.end()
    await dispatch()
    expect(await rejected).toMatchObject({
      code: 'EWS_CLOSED',
      message: 'the connection was lost (code 1006)',
    })
  })
})

describe('send', () => {
  test('sends text as text and every kind of bytes as binary', async () => {
    const { socket, server } = await opened()
    socket.send('héllo')
    socket.send('')
    socket.send(Uint8Array.of(9, 1, 2, 9).subarray(1, 3))
    socket.send(Uint8Array.of(3).buffer)
    socket.send(new DataView(Uint8Array.of(9, 4).buffer, 1))
    expect(server.sent).toEqual([
      'héllo',
      '',
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
      Uint8Array.of(4),
    ])
  })

  test('throws EWS_LIMIT when the host has no room', async () => {
    const { socket } = await opened()
    host.refusal = new EwsError('EWS_LIMIT', 'wait for drain')
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ code: 'EWS_LIMIT' }))
    socket.send('y')
    expect(host.last.sent).toEqual(['y'])
  })

  test('throws EWS_CLOSED while closing', async () => {
    const { socket, server } = await opened()
    void socket.close()
    expect(() => socket.send('x')).toThrow(
      expect.objectContaining({ code: 'EWS_CLOSED', message: expect.stringContaining('closing') }),
    )
    expect(server.sent).toEqual([])
  })

  test('throws EWS_CLOSED when closed, and says how it was closed', async () => {
    const { socket, server } = await opened()
    server.end(1001, 'restart')
    await dispatch()
    expect(() => socket.send('x')).toThrow(
      expect.objectContaining({
        code: 'EWS_CLOSED',
        message: 'the connection was closed (code 1001, reason "restart")',
      }),
    )
  })

  test('throws EWS_CLOSED when the connection has ended and the guest is not told yet', async () => {
    const { socket, server } = await opened()
    server.end()
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
  })

  test('throws EWS_CLOSED when the close event was fetched together with the message', async () => {
    const { socket, server } = await opened()
    const rejected = rejection(socket.receive().then(() => socket.send('x')))
    server.message('last').end(1000)
    await dispatch()
    expect(await rejected).toMatchObject({
      code: 'EWS_CLOSED',
      message: 'the connection has ended: no message can be sent on it',
    })
  })
})

describe('close', () => {
  test('starts the handshake and resolves when the connection has ended', async () => {
    const { socket, server } = await opened()
    const closed = socket.close(3001, 'done')
    expect(server.closing).toEqual({ code: 3001, reason: 'done' })
    await dispatch()
    expect(await isSettled(closed)).toBe(false)
    server.end(3001, 'done')
    await dispatch()
    expect(await closed).toEqual({ code: 3001, reason: 'done', wasClean: true })
  })

  test('sends 1000 without a reason by default', async () => {
    const { socket, server } = await opened()
    void socket.close()
    expect(server.closing).toEqual({ code: 1000, reason: '' })
  })

  test('may be called twice: the first one counts', async () => {
    const { socket, server } = await opened()
    const first = socket.close(3001)
    const second = socket.close(3002)
    expect(server.closing).toEqual({ code: 3001, reason: '' })
    server.end(3001)
    await dispatch()
    expect(await second).toEqual(await first)
    expect(await socket.close()).toEqual(await first)
  })

  test('rejects for a code or a reason that cannot be sent, and the socket stays open', async () => {
    const { socket, server } = await opened()
    await expect(socket.close(1006)).rejects.toMatchObject({ code: 'EWS_BAD_REQUEST' })
    await expect(socket.close(1000, 'é'.repeat(62))).rejects.toMatchObject({
      code: 'EWS_BAD_REQUEST',
    })
    socket.send('still here')
    expect(server.sent).toEqual(['still here'])
  })

  test('resolves when the connection had ended before the guest was told', async () => {
    const { socket, server } = await opened()
    server.end(1006)
    const closed = socket.close()
    await dispatch()
    expect(await closed).toEqual({ code: 1006, reason: '', wasClean: false })
  })

  test('resolves when the close event was fetched together with the last message', async () => {
    const { socket, server } = await opened()
    const closed = socket.receive().then(() => socket.close())
    server.message('last').end(1000, 'bye')
    await dispatch()
    expect(await closed).toEqual({ code: 1000, reason: 'bye', wasClean: true })
  })

  test('resolves even if the host fails to find the socket', async () => {
    const { socket, server } = await opened()
    host.refusal = new EwsError('EWS_BAD_SOCKET', 'no socket')
    const closed = socket.close()
    server.end(1000)
    await dispatch()
    expect(await closed).toMatchObject({ code: 1000 })
  })

  test('`closed` resolves however the connection ends', async () => {
    const { socket, server } = await opened()
    expect(await isSettled(socket.closed)).toBe(false)
    server.fail('EWS_PROTOCOL', 'malformed').end()
    await dispatch()
    expect(await socket.closed).toEqual({ code: 1006, reason: '', wasClean: false })
  })
})

describe('`await using`', () => {
  test('closes the socket and waits for its end when the block is left', async () => {
    const { socket, server } = await opened()
    const steps: string[] = []
    async function use(): Promise<void> {
      await using held = socket
      held.send('x')
      steps.push('left')
    }
    const used = use().then(() => steps.push('ended'))
    await dispatch()
    expect(server.closing).toEqual({ code: 1000, reason: '' })
    expect(steps).toEqual(['left'])
    server.end(1000)
    await dispatch()
    await used
    expect(steps).toEqual(['left', 'ended'])
  })

  test('is fine with a socket that has ended, and keeps the error of the block', async () => {
    const { socket, server } = await opened()
    server.end(1006)
    await dispatch()
    async function use(): Promise<void> {
      await using held = socket
      await held.receive()
    }
    await expect(use()).rejects.toMatchObject({
      code: 'EWS_CLOSED',
      message: 'the connection was lost (code 1006)',
    })
  })
})

describe('drained', () => {
  test('resolves at once when nothing was refused', async () => {
    const { socket } = await opened()
    await socket.drained()
  })

  test('resolves with the drain event after a refusal', async () => {
    const { socket, server } = await opened()
    host.refusal = new EwsError('EWS_LIMIT', 'wait for drain')
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ code: 'EWS_LIMIT' }))
    const drained = socket.drained()
    await dispatch()
    expect(await isSettled(drained)).toBe(false)
    server.drain()
    await dispatch()
    await drained
    await socket.drained()
  })

  test('rejects when the connection ends first', async () => {
    const { socket, server } = await opened()
    host.refusal = new EwsError('EWS_LIMIT', 'wait for drain')
    expect(() => socket.send('x')).toThrow()
    const reason = rejection(socket.drained())
    server.end()
    await dispatch()
    expect(await reason).toMatchObject({ code: 'EWS_CLOSED' })
  })
})
