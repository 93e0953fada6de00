import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, sockets, sync, type Message, type SyncSocket } from '../../src/index.js'
import { dispatch, engine, host, type FakeConnection } from '../fake-bridge.js'

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

/** A host that waits returns from `ws_connect` when the open event is there. */
function opened(name?: string): { socket: SyncSocket; server: FakeConnection } {
  host.meanwhile.push(() => host.last.open({ protocol: 'chat' }))
  const socket = sync.connect('ws://feed.example/', name === undefined ? {} : { name })
  host.steps.length = 0
  host.waits.length = 0
  return { socket, server: host.last }
}

/** What the host has heard of a socket since this was last asked. */
function steps({ id }: FakeConnection): string[] {
  const all = host.steps.splice(0)
  return all.filter((step) => step.endsWith(` ${id}`)).map((step) => step.replace(` ${id}`, ''))
}

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

describe('receive', () => {
  test('takes what is there without waiting, and then waits', () => {
    const { socket, server } = opened()
    server.message('one').message(Uint8Array.of(2)).message('')
    expect([socket.receive(), socket.receive(), socket.receive()]).toEqual([
      'one',
      Uint8Array.of(2),
      '',
    ])
    expect(host.waits).toEqual([])
    host.meanwhile.push(() => server.message('late'))
    expect(socket.receive()).toBe('late')
    expect(host.waits).toEqual([-1])
  })

  test('tells the host of each message that it takes, and when its reader waits', () => {
    const { socket, server } = opened()
    server.message('one').message('two')
    socket.receive()
    socket.receive()
    expect(steps(server)).toEqual(['taken', 'taken'])
    host.meanwhile.push(() => server.message('three'))
    socket.receive()
    expect(steps(server)).toEqual(['done', 'taken'])
  })

  test('answers undefined when the time passed', () => {
    const { socket, server } = opened()
    expect(socket.receive({ timeoutMs: 0 })).toBeUndefined()
    expect(host.waits).toEqual([])
    expect(socket.receive({ timeoutMs: 250 })).toBeUndefined()
    expect(host.waits).toEqual([250])
    server.message('x')
    expect(socket.receive({ timeoutMs: 0 })).toBe('x')
  })

  test('waits on for the rest of its time after events that are no messages', () => {
    const { socket, server } = opened()
    host.meanwhile.push(() => {
      engine.clock += 100
      server.drain()
    })
    expect(socket.receive({ timeoutMs: 250 })).toBeUndefined()
    expect(host.waits).toEqual([250, 150])
  })

  test.each([-2, NaN, -Infinity])('refuses %s as a time', (timeoutMs) => {
    const { socket } = opened()
    expect(() => socket.receive({ timeoutMs })).toThrow(
      expect.objectContaining({ code: 'EWS_BAD_REQUEST' }),
    )
  })

  test('throws EWS_CLOSED behind the last message, every time', () => {
    const { socket, server } = opened()
    server.message('last').fail('EWS_LIMIT', 'too large').end(1006)
    expect(socket.receive()).toBe('last')
    for (let i = 0; i < 2; i++) {
      expect(() => socket.receive()).toThrow(
        expect.objectContaining({
          code: 'EWS_CLOSED',
          cause: expect.objectContaining({ code: 'EWS_LIMIT' }),
        }),
      )
    }
    expect(socket.closed).toEqual({ code: 1006, reason: '', wasClean: false })
  })

  test('gives first what came through the loop, and the host hears that it was kept', async () => {
    const { socket, server } = opened()
    server.message('one')
    await dispatch()
    server.message('two')
    expect([socket.receive(), socket.receive()]).toEqual(['one', 'two'])
    expect(steps(server)).toEqual(['delivering', 'kept', 'taken', 'taken'])
  })

  test('gives what came through the loop to its end, when the end did too', async () => {
    const { socket, server } = opened()
    server.message('one').end(1000)
    await dispatch()
    await dispatch()
    expect(socket.receive()).toBe('one')
    expect(() => socket.receive()).toThrow('closed (code 1000)')
  })

  test('has the host stop reading while the loop brings what nobody receives', async () => {
    const { socket, server } = opened()
    for (let i = 0; i < 257; i++) server.message('x')
    await dispatch()
    expect(server.pauses).toEqual([true])
    for (let i = 0; i < 257; i++) socket.receive()
    expect(server.pauses).toEqual([true, false])
  })

  test('inside a handler gets its messages in order, though the loop has fetched them', async () => {
    const promise = connect('ws://other.example/')
    const other = host.last.open()
    await dispatch()
    const asynchronous = await promise
    const { socket, server } = opened()
    const read: unknown[] = []
    const reading = asynchronous.receive().then(() => {
      read.push(socket.receive(), socket.receive())
      server.message('three')
      read.push(socket.receive())
    })
    other.message('now')
    server.message('one').message('two')
    await dispatch()
    await reading
    expect(read).toEqual(['one', 'two', 'three'])
  })

  test('runs nothing of other sockets', async () => {
    const promise = connect('ws://other.example/')
    const other = host.last.open()
    await dispatch()
    const asynchronous = await promise
    const { socket, server } = opened()
    const received = asynchronous.receive()
    let ran = false
    void received.then(() => (ran = true))
    const jobs = engine.jobRuns
    other.message('for the other')
    server.message('one')
    expect(socket.receive()).toBe('one')
    expect([ran, engine.jobRuns]).toEqual([false, jobs])
    await dispatch()
    expect(await received).toBe('for the other')
  })
})

describe('for of', () => {
  test('ends quietly after a closing handshake, behind the last message', () => {
    const { socket, server } = opened()
    server.message('one').message('two').end(1000)
    const read: Message[] = []
    for (const message of socket) read.push(message)
    expect(read).toEqual(['one', 'two'])
  })

  test('throws when the connection was lost', () => {
    const { socket, server } = opened()
    server.message('one').end(1006)
    const read: Message[] = []
    expect(() => {
      for (const message of socket) read.push(message)
    }).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
    expect(read).toEqual(['one'])
  })

  test('may be left and taken up again; the host hears that the last message is done', () => {
    const { socket, server } = opened()
    server.message('one').message('two').end(1000)
    for (const message of socket) if (message === 'one') break
    expect(steps(server)).toEqual(['taken', 'done'])
    expect([...socket]).toEqual(['two'])
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
