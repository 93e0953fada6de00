import { EwsError } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, type Socket } from '../src/index.js'
import { dispatch, engine, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

beforeEach(() => {
  engine.reports.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

/** An open socket and its connection; what it tells of reconnects. */
async function opened(): Promise<{ socket: Socket; server: FakeConnection; heard: unknown[] }> {
  const promise = connect('ws://feed.example/', { reconnect: true })
  const server = host.last.open({ protocol: 'v1', extensions: 'x' })
  await dispatch()
  const socket = await promise
  const heard: unknown[] = []
  socket.onReconnecting = (info) => heard.push(['reconnecting', info])
  socket.onReconnected = (info) => heard.push(['reconnected', info])
  return { socket, server, heard }
}

describe('a socket whose connection is lost', () => {
  test('tells of each attempt, and of the connection that took its place', async () => {
    const { server, heard } = await opened()
    const lost = { attempt: 1, delayMs: 100, code: 1012, reason: 'restart' }
    const again = { attempt: 2, delayMs: 200, code: 1006, reason: '' }
    const about = { url: 'ws://b.example/', protocol: '', extensions: '', attempts: 2, dropped: 3 }
    server.lose(lost).lose(again).regain(about)
    await dispatch()
    expect(heard).toEqual([
      ['reconnecting', lost],
      ['reconnecting', again],
      ['reconnected', about],
    ])
    expect(engine.takeReports()).toEqual([])
  })

  test('is reconnecting from the loss on until there is another one', async () => {
    const { socket, server } = await opened()
    expect(socket.reconnecting).toBe(false)
    server.lose()
    await dispatch()
    expect(socket.reconnecting).toBe(true)
    let during: boolean | undefined
    socket.onReconnected = () => {
      during = socket.reconnecting
    }
    server.regain()
    await dispatch()
    expect([during, socket.reconnecting]).toEqual([false, false])
  })

  test('has what the new server chose, already when it says so', async () => {
    const { socket, server } = await opened()
    const { url, protocol, extensions } = socket
    expect({ url, protocol, extensions }).toEqual({
      url: 'ws://feed.example/',
      protocol: 'v1',
      extensions: 'x',
    })
    let seen: unknown
    socket.onReconnected = () => {
      seen = { url: socket.url, protocol: socket.protocol, extensions: socket.extensions }
    }
    const other = { url: 'ws://b.example/', protocol: 'v2', extensions: '' }
    server.lose()
    await dispatch()
    expect(socket.url).toBe('ws://feed.example/')
    server.regain(other)
    await dispatch()
    expect(seen).toEqual(other)
    expect(socket).toMatchObject(other)
  })

  test('sends as before: the host keeps it', async () => {
    const { socket, server } = await opened()
    server.lose()
    await dispatch()
    socket.send('kept')
    expect(server.sent).toEqual(['kept'])
  })

  test.each([
    ['drain', (server: FakeConnection) => server.drain()],
    ['reconnected', (server: FakeConnection) => server.regain()],
  ])('is drained with %s when the host had no room', async (_event, happens) => {
    const { socket, server } = await opened()
    server.lose()
    await dispatch()
    host.refusal = new EwsError('EWS_LIMIT', 'nothing is kept')
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ code: 'EWS_LIMIT' }))
    let drained = false
    const waiting = socket.drained().then(() => (drained = true))
    await dispatch()
    expect(drained).toBe(false)
    happens(server)
    await dispatch()
    expect(await waiting).toBe(true)
  })

  test('is read as if nothing had happened', async () => {
    const { socket, server, heard } = await opened()
    const read: unknown[] = []
    const reading = (async () => {
      for await (const message of socket) read.push([message, heard.length])
    })()
    server.message('before').lose().regain().message('behind').end(1000)
    await dispatch()
    await reading
    expect(read).toEqual([
      ['before', 0],
      ['behind', 2],
    ])
  })

  test('tells nobody who does not ask, and counts as handled', async () => {
    const { socket, server } = await opened()
    socket.onReconnecting = socket.onReconnected = undefined
    host.steps.length = 0
    server.lose().regain().message('x')
    await dispatch()
    expect(await socket.receive()).toBe('x')
    const steps = host.steps.map((step) => step.split(' ')[0])
    expect(steps.slice(0, 4)).toEqual(['delivering', 'delivered', 'delivering', 'delivered'])
    expect(engine.takeReports()).toEqual([])
  })

  test('reports what its handlers throw, and goes on', async () => {
    const { socket, server } = await opened()
    socket.onReconnecting = () => {
      throw new Error('first')
    }
    socket.onReconnected = () => {
      throw new Error('second')
    }
    server.lose().regain({ url: 'ws://b.example/' }).message('x')
    await dispatch()
    expect(engine.takeReports()).toEqual(['first', 'second'])
    expect([socket.url, socket.reconnecting]).toEqual(['ws://b.example/', false])
    expect(await socket.receive()).toBe('x')
  })

  test('ends once when the host gives up', async () => {
    const { socket, server, heard } = await opened()
    server.lose().fail('EWS_CONNECT', 'no route').end()
    await dispatch()
    expect(heard).toHaveLength(1)
    expect(await socket.closed).toEqual({ code: 1006, reason: '', wasClean: false })
    expect(socket.reconnecting).toBe(false)
    await expect(socket.receive()).rejects.toMatchObject({
      code: 'EWS_CLOSED',
      cause: expect.objectContaining({ code: 'EWS_CONNECT' }),
    })
  })

  test('is closed like any other, and tells nothing more', async () => {
    const { socket, server, heard } = await opened()
    server.lose()
    await dispatch()
    const closed = socket.close()
    expect(socket.reconnecting).toBe(false)
    server.lose({ attempt: 2 }).regain().end(1006)
    await dispatch()
    expect(await closed).toMatchObject({ code: 1006 })
    expect(heard).toHaveLength(1)
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ code: 'EWS_CLOSED' }))
  })
})
