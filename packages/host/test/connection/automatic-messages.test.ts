import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { RestartingServer } from './restarting-server.js'
import { SessionClient } from './session-client.js'
import { eventually } from '../eventually.js'

const keepAlive = { request: 'ping', answer: 'pong', intervalMs: 1000, timeoutMs: 1000 }

describe('messages that the host sends and answers while the guest sleeps', () => {
  let server: RestartingServer
  let client: SessionClient

  beforeEach(async () => {
    server = await RestartingServer.start()
    client = new SessionClient({})
  })
  afterEach(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('keep a connection up whose server wants requests, and the plugin hears nothing', async () => {
    server.onConnection = (socket) =>
      socket.on('message', (data) => String(data) === 'ping' && socket.send('pong'))
    const socket = await client.open({ url: server.url, keepAlive })
    await eventually(() => expect(server.received).toEqual(['ping', 'ping']))
    expect(client.types(socket)).toEqual(['open'])
  })

  it('end the connection when the answer does not come, whatever else does', async () => {
    server.onConnection = (socket) => {
      const timer = setInterval(() => socket.send('something else'), 50)
      socket.on('close', () => clearInterval(timer))
    }
    const socket = await client.open({ url: server.url, keepAlive })
    expect(await client.next('close', socket)).toMatchObject({ code: 1006 })
    expect(client.of('error', socket)[0]?.error).toMatchObject({
      code: 'EWS_TIMEOUT',
      message: expect.stringMatching(/did not answer a keep-alive request within 1000 ms/),
    })
  })

  it('need no certain answer when none is named', async () => {
    server.onConnection = (socket) => socket.on('message', () => socket.send('alive'))
    const { answer: _, ...unanswered } = keepAlive
    const socket = await client.open({ url: server.url, keepAlive: unanswered })
    await eventually(() => expect(client.texts(socket)).toEqual(['alive', 'alive']))
    expect(client.of('close')).toEqual([])
  })

  it('answer a certain text, and only that', async () => {
    server.onConnection = (socket) => {
      for (const text of ['are you there?', 'are you there', 'something']) socket.send(text)
      socket.send(Buffer.from('are you there?'))
    }
    const autoAnswer = { request: 'are you there?', answer: 'yes' }
    const socket = await client.open({ url: server.url, autoAnswer })
    await eventually(() => expect(server.received).toEqual(['yes']))
    await client.next('message', socket, 3)
    expect(client.texts(socket)).toEqual(['are you there', 'something', 'are you there?'])
  })
})
