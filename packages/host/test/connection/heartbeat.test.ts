import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Heartbeat, type Pulse } from '../../src/connection/heartbeat.js'
import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const beat = { intervalMs: 50, timeoutMs: 50 }
/** For what must not end, also where this process gets no time for a while. */
const patient = { intervalMs: 50, timeoutMs: 10_000 }

/** Blocks this thread, as a busy guest does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('pings', () => {
  let server: RestartingServer
  let client: SessionClient

  beforeEach(async () => {
    server = await RestartingServer.start({ autoPong: false } as object)
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('keep a connection that answers them, however quiet it is', async () => {
    let pings = 0
    server.onConnection = (socket) =>
      socket.on('ping', (data) => {
        pings++
        socket.pong(data)
      })
    client = new SessionClient({ heartbeat: patient })
    const socket = await client.open({ url: server.url })
    await eventually(() => expect(pings).toBeGreaterThanOrEqual(5))
    expect(client.types(socket)).toEqual(['open'])
    const { pingsSent = 0, pongsReceived = 0 } = client.counted
    expect([pingsSent >= 5, pongsReceived >= 4]).toEqual([true, true])
  })

  it('are neither sent nor missed while a connection closes', async () => {
    server.onConnection = (socket) => {
      // It takes its time to answer the close frame.
      socket.pause()
      setTimeout(() => socket.resume(), 400)
    }
    client = new SessionClient({ heartbeat: beat })
    const socket = await client.open({ url: server.url })
    client.close(socket)
    expect(await client.next('close', socket)).toMatchObject({ code: 1000, wasClean: true })
    expect(client.types(socket)).toEqual(['open', 'close'])
  })

  it('find out a server that does not answer, and cut the connection', async () => {
    client = new SessionClient({ heartbeat: beat })
    const socket = await client.open({ url: server.url })
    expect(await client.next('close', socket)).toMatchObject({ code: 1006, wasClean: false })
    expect(client.of('error', socket)).toMatchObject([{ error: { code: 'EWS_TIMEOUT' } }])
    expect(client.of('error', socket)[0]?.error.message).toMatch(
      /did not answer a ping within 50 ms/,
    )
    await eventually(() => expect(server.clients).toEqual([]))
    expect(client.counted).toMatchObject({ opened: 1, open: 0, closed: 1, dead: 1 })
  })

  it('take whatever comes for an answer', async () => {
    server.onConnection = (socket) => {
      const timer = setInterval(() => socket.send('tick'), 5)
      socket.on('close', () => clearInterval(timer))
    }
    client = new SessionClient({ heartbeat: patient })
    const socket = await client.open({ url: server.url })
    await eventually(() => expect(client.texts(socket).length).toBeGreaterThan(60))
    expect(client.of('close')).toEqual([])
  })

  it('do not end a connection that the plugin does not read from', async () => {
    let pings = 0
    server.onConnection = (socket) => socket.on('ping', () => pings++)
    client = new SessionClient({ heartbeat: beat })
    const socket = await client.open({ url: server.url })
    client.session.pause(socket, true)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(client.of('close')).toEqual([])
    // One may have been under way.
    expect(pings).toBeLessThanOrEqual(1)
  })

  it('make a socket that reconnects try again', async () => {
    let first = true
    server.onConnection = (socket) => {
      if (!first) socket.on('ping', (data) => socket.pong(data))
      first = false
    }
    client = new SessionClient({ heartbeat: beat, reconnect: { firstDelayMs: 10 } })
    const socket = await client.open({ url: server.url })
    await client.next('reconnected', socket)
    expect(client.of('error')).toEqual([])
  })
})

describe('a heartbeat', () => {
  it('does not take a busy thread for a dead peer', async () => {
    let signs = 0
    const dead = vi.fn<() => void>()
    const pulse: Pulse = {
      // The answer is there at once, and nobody reads it.
      ask: () => setImmediate(() => signs++),
      signs: () => signs,
      paused: () => false,
      dead,
    }
    const heartbeat = new Heartbeat(pulse, { intervalMs: 5, timeoutMs: 5 })
    for (let i = 0; i < 20; i++) {
      block(20)
      await new Promise((resolve) => setImmediate(resolve))
    }
    heartbeat.stop()
    expect(dead).not.toHaveBeenCalled()
  })

  it('asks once at a time, also when the answer may take longer than the interval', async () => {
    const ask = vi.fn<() => void>()
    const heartbeat = new Heartbeat(
      { ask, signs: () => 0, paused: () => false, dead: () => {} },
      { intervalMs: 5, timeoutMs: 10_000 },
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(ask).toHaveBeenCalledTimes(1)
    heartbeat.stop()
  })

  it('asks at each interval when it was answered, however long that may take: the last one counts', async () => {
    vi.useFakeTimers()
    try {
      let signs = 0
      let answers = true
      const dead = vi.fn<() => void>()
      const ask = vi.fn<() => void>(() => {
        if (answers) queueMicrotask(() => signs++)
      })
      const heartbeat = new Heartbeat(
        { ask, signs: () => signs, paused: () => false, dead },
        { intervalMs: 10, timeoutMs: 30 },
      )
      await vi.advanceTimersByTimeAsync(1005)
      expect(ask).toHaveBeenCalledTimes(100)
      answers = false
      // Within interval and timeout from here.
      await vi.advanceTimersByTimeAsync(36)
      expect(dead).toHaveBeenCalledTimes(1)
      heartbeat.stop()
    } finally {
      vi.useRealTimers()
    }
  })
})
