import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, sync, type Socket, type SyncSocket } from '../../src/index.js'
import { dispatch, engine, host } from '../fake-bridge.js'
import type { FakeConnection } from '../fake-connection.js'

let first: SyncSocket
let second: SyncSocket
let asynchronous: Socket
let servers: { first: FakeConnection; second: FakeConnection; asynchronous: FakeConnection }

function opened(): SyncSocket {
  host.meanwhile.push(() => host.last.open())
  return sync.connect('ws://feed.example/')
}

beforeEach(async () => {
  const promise = connect('ws://other.example/')
  const other = host.last.open()
  await dispatch()
  asynchronous = await promise
  first = opened()
  const one = host.last
  second = opened()
  servers = { first: one, second: host.last, asynchronous: other }
  host.steps.length = 0
  host.waits.length = 0
})

afterEach(async () => {
  expect(host.meanwhile).toEqual([])
  host.endAll()
  await dispatch()
  await dispatch()
})

/** With the sockets' names: a matcher would iterate over the sockets themselves. */
function poll(...args: Parameters<typeof sync.poll>): unknown[] {
  return sync.poll(...args).map(({ socket, message, closed }) => {
    return [socket === first ? 'first' : 'second', message ?? closed]
  })
}

function steps(of: FakeConnection): string[] {
  const mine = host.steps.filter((step) => step.endsWith(` ${of.id}`))
  return mine.map((step) => step.replace(` ${of.id}`, ''))
}

describe('sync.poll', () => {
  test('answers one message of each socket that has one, without waiting', () => {
    servers.first.message('a').message('b')
    servers.second.message('c')
    expect(poll([first, second])).toEqual([
      ['first', 'a'],
      ['second', 'c'],
    ])
    expect(poll([first, second])).toEqual([['first', 'b']])
    expect(host.waits).toEqual([])
  })

  test('waits for the first that has something', () => {
    host.meanwhile.push(() => servers.second.message('late'))
    expect(poll([first, second])).toEqual([['second', 'late']])
    expect(host.waits).toEqual([-1])
  })

  test('answers nothing when the time passed, or for no sockets', () => {
    expect(poll([first], { timeoutMs: 20 })).toEqual([])
    expect(poll([first], { timeoutMs: 0 })).toEqual([])
    expect(poll([])).toEqual([])
    expect(host.waits).toEqual([20])
  })

  test('throws where the host cannot wait', () => {
    expect(() => sync.poll([first])).toThrow(expect.objectContaining({ code: 'EWS_WOULD_BLOCK' }))
  })

  test('answers the end of a socket behind its messages, every time', () => {
    servers.first.message('last').end(1000, 'bye')
    const closed = { code: 1000, reason: 'bye', wasClean: true }
    expect(poll([first])).toEqual([['first', 'last']])
    expect(poll([first, second])).toEqual([['first', closed]])
    expect(poll([first])).toEqual([['first', closed]])
  })

  test('waits on over a reconnect, which is none of its answers', () => {
    host.meanwhile.push(
      () => servers.first.lose(),
      () => servers.first.regain().message('behind'),
    )
    expect(poll([first, second])).toEqual([['first', 'behind']])
    servers.second.lose()
    expect(poll([second], { timeoutMs: 0 })).toEqual([])
    expect(second.reconnecting).toBe(true)
  })

  test('tells the host of what it takes, and what is done', () => {
    servers.first.message('a').message('b')
    sync.poll([first])
    sync.poll([first])
    sync.poll([first], { timeoutMs: 10 })
    expect(steps(servers.first)).toEqual([
      'delivering',
      'kept',
      'delivering',
      'kept',
      'taken',
      'taken',
      'done',
    ])
  })

  test('keeps what comes for sockets that it was not asked for', () => {
    servers.second.message('for later')
    host.meanwhile.push(() => servers.first.message('a'))
    expect(poll([first])).toEqual([['first', 'a']])
    expect(second.receive()).toBe('for later')
  })
})

describe('events of asynchronous sockets that it fetches', () => {
  test('wait for the loop, in order, before what comes later', async () => {
    servers.asynchronous.message('one')
    host.meanwhile.push(() => servers.asynchronous.message('two'))
    host.meanwhile.push(() => servers.first.message('a'))
    expect(poll([first])).toEqual([['first', 'a']])
    expect(engine.source?.undelivered()).toBe(true)
    expect(steps(servers.asynchronous)).toEqual([])
    servers.asynchronous.message('three').end(1000)
    await dispatch()
    await dispatch()
    expect(engine.source?.undelivered()).toBe(false)
    const read: unknown[] = []
    for await (const message of asynchronous) read.push(message)
    expect(read).toEqual(['one', 'two', 'three'])
    expect(steps(servers.asynchronous).slice(0, 4)).toEqual([
      'delivering',
      'kept',
      'delivering',
      'kept',
    ])
  })

  test('are left for the next entry when the time of this one is over', async () => {
    servers.asynchronous.message('one').message('two')
    servers.first.message('a')
    sync.poll([first])
    engine.overTime = true
    engine.source?.poll(0)
    engine.overTime = false
    expect(engine.source?.undelivered()).toBe(true)
    await dispatch()
    expect([await asynchronous.receive(), await asynchronous.receive()]).toEqual(['one', 'two'])
  })

  test('do not keep it beyond its time', () => {
    const { collect } = host
    host.collect = (timeoutMs) => {
      servers.asynchronous.message('x')
      engine.clock += 10
      return collect.call(host, timeoutMs)
    }
    expect(poll([first], { timeoutMs: 100 })).toEqual([])
    expect(poll([first], { timeoutMs: 0 })).toEqual([])
    host.collect = collect
  })

  test('may take 16 MiB, and no more', async () => {
    const chunk = 'x'.repeat(1 << 23)
    for (let i = 0; i < 3; i++) servers.asynchronous.message(chunk)
    expect(() => sync.poll([first])).toThrow(expect.objectContaining({ code: 'EWS_LIMIT' }))
    await dispatch()
    servers.first.message('a')
    expect(poll([first])).toEqual([['first', 'a']])
  })
})
