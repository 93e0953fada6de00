import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'

import {
  createPlugin,
  type AcceptOptions,
  type Plugin,
  type SocketOptions,
} from '../../src/index.js'
import { buildFile } from '../build.js'
import { eventually } from '../eventually.js'

describe('a connection that somebody opens to the host', () => {
  let http: Server
  let plugin: Plugin
  let options: AcceptOptions
  let outcomes: Promise<unknown>[]
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  // The plugin can crash by it, which is none of these tests'.
  const functions = { 'extism:host/user': { error_set: () => {} } }
  const create = async (sockets: SocketOptions = {}, file = 'connections'): Promise<void> => {
    await plugin.close()
    const logger = { debug: log, info: log, warn: log, error: log }
    plugin = await createPlugin(await buildFile(file), { sockets, logger, functions })
  }
  const address = (): string => `127.0.0.1:${(http.address() as AddressInfo).port}`
  const client = (...protocols: string[]): WebSocket => {
    const one = new WebSocket(`ws://${address()}/`, protocols, { headers: { Cookie: 'id=1' } })
    one.on('error', () => {})
    return one
  }
  /** The status of HTTP that the client gets, and what `accept` comes to. */
  const refused = async (one: WebSocket): Promise<unknown[]> => {
    const [, response] = (await once(one, 'unexpected-response')) as [unknown, IncomingMessage]
    one.terminate()
    const [outcome] = await Promise.allSettled(outcomes)
    return [response.statusCode, outcome?.status === 'rejected' ? outcome.reason : outcome]
  }
  const heard = async (): Promise<unknown[]> => (await plugin.call('heard'))?.json() as unknown[]

  beforeEach(async () => {
    options = {}
    outcomes = []
    lines.length = 0
    http = createServer()
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const outcome = plugin.accept(request, socket, head, options)
      outcome.catch(() => {})
      outcomes.push(outcome)
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    plugin = await createPlugin(await buildFile('connections'), {
      logger: { debug: log, info: log, warn: log, error: log },
      functions,
    })
  })
  afterEach(async () => {
    await plugin.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })

  it('is refused with 501 by a plugin without onConnection', async () => {
    await create({}, 'timers')
    const error = { code: 'EWS_NO_EXPORT', message: expect.stringMatching(/export onConnection/) }
    expect(await refused(client())).toMatchObject([501, error])
  })

  it('is refused with 503 when the plugin has as many sockets as it may have', async () => {
    await create({ sockets: 1 })
    await once(client(), 'open')
    outcomes = []
    expect(await refused(client())).toMatchObject([503, { code: 'EWS_LIMIT' }])
  })

  it('is refused with 503 by a plugin that was closed', async () => {
    await plugin.close()
    expect(await refused(client())).toMatchObject([503, { code: 'EWS_CLOSED' }])
  })

  it('is refused with 400 when it is no handshake', async () => {
    const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1')
    tcp.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    const [answer] = (await once(tcp, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    tcp.destroy()
    await expect(outcomes[0]).rejects.toMatchObject({ code: 'EWS_HANDSHAKE' })
  })

  it('that goes away during the handshake leaves nothing behind', async () => {
    const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1')
    tcp.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    tcp.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await Promise.allSettled(outcomes)
    expect(plugin.open.sockets).toBe(0)
  })

  it('that has gone by the time it is handed over is an error', async () => {
    const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1')
    http.removeAllListeners('upgrade')
    const taken = once(http, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>
    tcp.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    const [request, socket, head] = await taken
    socket.resume().on('error', () => {})
    tcp.resetAndDestroy()
    await new Promise((resolve) => socket.once('close', resolve))
    await expect(plugin.accept(request, socket, head)).rejects.toMatchObject({
      code: 'EWS_HANDSHAKE',
    })
    expect(plugin.open.sockets).toBe(0)
  })

  it('that sends a broken frame with the handshake ends, and nothing else does', async () => {
    const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1')
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    tcp.write(Buffer.concat([Buffer.from(request), Buffer.from([0xff, 0xff, 0xff, 0xff])]))
    tcp.resume().on('error', () => {})
    await once(tcp, 'close')
    await eventually(() => expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 }))
  })

  it('that sends its first message with the handshake is heard', async () => {
    const tcp = connect((http.address() as AddressInfo).port, '127.0.0.1')
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    tcp.write(Buffer.concat([Buffer.from(request), frame]))
    let answer = ''
    tcp.on('data', (data) => (answer += data.toString('latin1')))
    await eventually(() => expect(answer.endsWith('\u0081\u0003hi!')).toBe(true))
    tcp.destroy()
  })

  it('that ends at once is heard of, from its beginning to its end', async () => {
    for (let i = 0; i < 20; i++) {
      const one = client()
      one.on('open', () => {
        one.send('x')
        one.terminate()
      })
    }
    await eventually(() => expect(outcomes).toHaveLength(20))
    await Promise.all(outcomes)
    await eventually(() => expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 }))
    const told = await heard()
    expect(told.filter((each) => Array.isArray(each))).toHaveLength(20)
  })

  it('is closed with the plugin also before the plugin knows it', async () => {
    const one = client()
    const closed = once(one, 'close')
    await eventually(() => expect(outcomes).toHaveLength(1))
    await plugin.close()
    const [code] = await closed
    expect([1001, 1006]).toContain(code)
    await create()
  })

  it('gets the first subprotocol that both speak', async () => {
    options = { protocols: ['b', 'c'] }
    const one = client('a', 'c', 'b')
    await once(one, 'open')
    expect(one.protocol).toBe('c')
    one.terminate()
  })

  it('shows the plugin the headers that the integrator names', async () => {
    options = { headers: ['Cookie', 'X-Missing'] }
    const one = client()
    await once(one, 'open')
    await eventually(async () =>
      expect(await heard()).toEqual([['connection', '/', { cookie: 'id=1' }, '']]),
    )
    one.terminate()
  })

  it('can be given a name, by which other calls find it', async () => {
    options = { name: 'feed' }
    const one = client()
    await once(one, 'open')
    await eventually(async () => expect(await heard()).toHaveLength(1))
    await plugin.call('say', JSON.stringify(['found you']))
    expect(String((await once(one, 'message'))[0])).toBe('found you')
    one.terminate()
  })

  it('with a name that is too long is the integrator’s mistake', async () => {
    options = { name: 'x'.repeat(257) }
    const [status, error] = await refused(client())
    expect(status).toBe(503)
    expect(error).toBeInstanceOf(TypeError)
  })

  it.each(['upgrade', 'ws'])('is bounded by messageBytes: %s', async (how) => {
    await create({ messageBytes: 1000 })
    const sockets = new WebSocketServer({ noServer: true })
    if (how === 'ws') {
      http.removeAllListeners('upgrade')
      http.on('upgrade', (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (ws) => void plugin.accept(request, ws)),
      )
    }
    const one = client()
    await once(one, 'open')
    one.send('x'.repeat(1000))
    await once(one, 'message')
    one.send('x'.repeat(1001))
    expect((await once(one, 'close'))[0]).toBe(1009)
    await eventually(() => expect(plugin.open.sockets).toBe(0))
  })

  it('over ws is closed with 1013 by a plugin that cannot take it', async () => {
    await create({}, 'timers')
    const sockets = new WebSocketServer({ noServer: true })
    http.removeAllListeners('upgrade')
    http.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const outcome = plugin.accept(request, ws)
        outcome.catch(() => {})
        outcomes.push(outcome)
      }),
    )
    expect((await once(client(), 'close'))[0]).toBe(1013)
    await expect(outcomes[0]).rejects.toMatchObject({ code: 'EWS_NO_EXPORT' })
  })

  it('over ws that has ended by then is not taken', async () => {
    const sockets = new WebSocketServer({ noServer: true })
    http.removeAllListeners('upgrade')
    http.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.once('close', () => {
          const outcome = plugin.accept(request, ws)
          outcome.catch(() => {})
          outcomes.push(outcome)
        })
        ws.terminate()
      }),
    )
    client()
    await eventually(() => expect(outcomes).toHaveLength(1))
    await expect(outcomes[0]).rejects.toMatchObject({ code: 'EWS_CLOSED' })
    expect(plugin.open.sockets).toBe(0)
  })

  it('that a client pings is answered once for each', async () => {
    const one = client()
    await once(one, 'open')
    let pongs = 0
    one.on('pong', () => pongs++)
    for (let i = 0; i < 3; i++) one.ping()
    await eventually(() => expect(pongs).toBe(3))
    one.send('hello')
    await once(one, 'message')
    expect(pongs).toBe(3)
    one.terminate()
  })

  it('holds a client back that sends more than the plugin reads', async () => {
    await create({ inboxEvents: 16 })
    const one = client()
    await once(one, 'open')
    const answers: unknown[] = []
    one.on('message', (data) => answers.push(String(data)))
    for (let i = 0; i < 2000; i++) one.send(String(i))
    await eventually(() => expect(answers).toHaveLength(2000))
    expect(answers).toEqual(Array.from({ length: 2000 }, (_, i) => `${i}!`))
    one.terminate()
  })
})
