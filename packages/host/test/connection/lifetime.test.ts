import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

describe('the times of a connection', () => {
  let server: RestartingServer
  let client: SessionClient

  beforeEach(async () => {
    server = await RestartingServer.start()
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('end one without messages, with 1001 and the reason', async () => {
    const seen: number[] = []
    server.onConnection = (socket) => socket.on('close', (code) => seen.push(code))
    client = new SessionClient({
      idleTimeoutMs: 100,
      heartbeat: { intervalMs: 10, timeoutMs: 1000 },
    })
    const socket = await client.open({ url: server.url })
    expect(await client.next('close', socket)).toMatchObject({ code: 1001, wasClean: true })
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_LIMIT',
      message: expect.stringMatching(/had no message for 100 ms \(sockets\.idleTimeoutMs\)/),
    })
    await eventually(() => expect(seen).toEqual([1001]))
  })

  it('keep one on which messages come, or are sent', async () => {
    server.onConnection = (socket, { url }) => {
      if (url !== '/talks') return
      const timer = setInterval(() => socket.send('tick'), 50)
      socket.on('close', () => clearInterval(timer))
    }
    client = new SessionClient({ idleTimeoutMs: 1000 })
    const talked = await client.open({ url: `${server.url}/talks` })
    const talking = await client.open({ url: server.url })
    const timer = setInterval(() => client.send(talking, 'tock'), 50)
    const silent = await client.open({ url: server.url })
    await client.next('close', silent)
    expect([...client.of('close', talked), ...client.of('close', talking)]).toEqual([])
    clearInterval(timer)
  })

  it('end one that is too old, also one that reconnects', async () => {
    client = new SessionClient({ lifetimeMs: 100, reconnect: true })
    const socket = await client.open({ url: server.url })
    expect(await client.next('close', socket)).toMatchObject({ code: 1001 })
    expect(client.of('error', socket)[0]?.error.message).toMatch(
      /was open for 100 ms \(sockets\.lifetimeMs\)/,
    )
    expect(client.of('reconnecting')).toEqual([])
  })
})
