import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, type Message } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import { opened, steps } from './opened.js'

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

  test('goes on over a reconnect, of which the socket knows', () => {
    const { socket, server } = opened()
    host.meanwhile.push(
      () => server.lose(),
      () => server.regain({ url: 'ws://b.example/' }),
      () => server.message('behind'),
    )
    expect(socket.receive()).toBe('behind')
    expect([socket.url, socket.reconnecting]).toEqual(['ws://b.example/', false])
    server.lose()
    expect(socket.receive({ timeoutMs: 0 })).toBeUndefined()
    expect(socket.reconnecting).toBe(true)
    host.meanwhile.push(() => server.regain().end(1000))
    expect([...socket]).toEqual([])
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
