import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, sockets, sync } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import { opened } from './opened.js'

beforeEach(() => {
  host.steps.length = 0
  host.waits.length = 0
  engine.reports.length = 0
})

afterEach(async () => {
  expect(host.meanwhile).toEqual([])
  host.endAll()
  await dispatch()
  await dispatch()
})

describe('sync.connect', () => {
  test('asks the host to wait, and returns an open socket', () => {
    host.meanwhile.push(() => host.last.open({ url: 'ws://feed.example/x', protocol: 'chat' }))
    const socket = sync.connect('ws://feed.example/', { protocols: 'chat', name: 'feed' })
    expect(host.last.request).toEqual({
      url: 'ws://feed.example/',
      protocols: ['chat'],
      name: 'feed',
      wait: true,
    })
    expect([socket.url, socket.protocol, socket.name, socket.closed]).toEqual([
      'ws://feed.example/x',
      'chat',
      'feed',
      undefined,
    ])
    socket.send('hello')
    expect(host.last.sent).toEqual(['hello'])
  })

  test('may wish the same of its connection as connect()', () => {
    host.meanwhile.push(() => host.last.open())
    sync.connect('ws://feed.example/', { reconnect: { replay: [Uint8Array.of(1)] }, warm: true })
    expect(host.last.request).toMatchObject({
      reconnect: { replay: [{ base64: 'AQ==' }] },
      warm: true,
      wait: true,
    })
  })

  test('has the events that came right behind the handshake still to come', () => {
    host.meanwhile.push(() => host.last.open().message('first').end(1000))
    const socket = sync.connect('ws://feed.example/')
    expect([...socket]).toEqual(['first'])
    expect(socket.closed).toMatchObject({ code: 1000 })
  })

  test('throws why the connection failed', () => {
    host.meanwhile.push(() => host.last.fail('EWS_TLS', 'the certificate has expired').end())
    expect(() => sync.connect('ws://feed.example/', { name: 'feed' })).toThrow(
      expect.objectContaining({ code: 'EWS_TLS', message: 'the certificate has expired' }),
    )
    // The name is free again.
    opened('feed')
  })

  test('throws what the host refuses at once', () => {
    host.refusal = new EwsError('EWS_DENIED', 'not on the list')
    expect(() => sync.connect('ws://feed.example/')).toThrow('not on the list')
  })

  test('throws where the host cannot wait', () => {
    expect(() => sync.connect('ws://feed.example/')).toThrow(
      expect.objectContaining({
        code: 'EWS_WOULD_BLOCK',
        message: 'a host in `event` mode cannot wait',
      }),
    )
  })

  test('shares names with asynchronous sockets, which alone are handed out', async () => {
    opened('feed')
    expect(sockets.get('feed')).toBeUndefined()
    expect(sockets.list()).toEqual([])
    await expect(connect('ws://feed.example/', { name: 'feed' })).rejects.toThrow(
      'a socket named "feed" is already open: close it, or choose another name',
    )
  })
})

describe('close', () => {
  test('waits for the end, and keeps what came before it', () => {
    const { socket, server } = opened()
    host.meanwhile.push(() => server.message('still on its way').end(3000, 'bye'))
    expect(socket.close(3000, 'bye')).toEqual({ code: 3000, reason: 'bye', wasClean: true })
    expect(server.closing).toEqual({ code: 3000, reason: 'bye' })
    expect(socket.receive()).toBe('still on its way')
    expect(() => socket.send('x')).toThrow('closed (code 3000')
  })

  test('twice is fine', () => {
    const { socket, server } = opened()
    host.meanwhile.push(() => server.end(1000))
    expect(socket.close()).toBe(socket.close())
  })

  test('refuses another code', () => {
    const { socket } = opened()
    expect(() => socket.close(1001)).toThrow(expect.objectContaining({ code: 'EWS_BAD_REQUEST' }))
  })

  test('is what `using` does', () => {
    const { server } = (() => {
      const made = opened()
      host.meanwhile.push(() => made.server.end(1000))
      using socket = made.socket
      void socket
      return made
    })()
    expect(server.closing).toEqual({ code: 1000, reason: '' })
  })
})

describe('drained', () => {
  test('waits until the host has room, and keeps messages', () => {
    const { socket, server } = opened()
    expect(socket.drained()).toBe(true)
    host.refusal = new EwsError('EWS_LIMIT', 'full')
    expect(() => socket.send('x')).toThrow('full')
    expect(socket.drained({ timeoutMs: 10 })).toBe(false)
    host.meanwhile.push(() => server.message('one').drain())
    expect(socket.drained()).toBe(true)
    expect(socket.receive()).toBe('one')
  })

  test('ends when there is another connection', () => {
    const { socket, server } = opened()
    host.refusal = new EwsError('EWS_LIMIT', 'nothing is kept')
    expect(() => socket.send('x')).toThrow('nothing is kept')
    host.meanwhile.push(
      () => server.lose(),
      () => server.regain(),
    )
    expect(socket.drained()).toBe(true)
  })

  test('throws when the connection ends', () => {
    const { socket, server } = opened()
    host.refusal = new EwsError('EWS_LIMIT', 'full')
    expect(() => socket.send('x')).toThrow('full')
    server.end(1006)
    expect(() => socket.drained()).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
  })
})

test('an attachment is kept by the host', () => {
  const { socket, server } = opened()
  socket.attachment = Uint8Array.of(1)
  expect([socket.attachment, server.attachment]).toEqual([Uint8Array.of(1), Uint8Array.of(1)])
})
