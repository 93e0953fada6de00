import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'

import { createPlugin, SocketHub, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { RestartingServer } from '../connection/restarting-server.js'
import { hostedBy, named, type Hosting } from './hosting.js'
import { trapping } from './trapping.js'
import { eventually } from '../eventually.js'

/** What holds for connections that the host keeps up, shares, or was asked for, in every way of hosting. */
export function connectionsContract(hosting: Hosting): void {
  describe(`connections: ${named(hosting)}`, () => {
    let plugin: Plugin
    let hub: SocketHub
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)

    const heard = async (): Promise<unknown[]> => (await plugin.call('heard'))?.json() as unknown[]
    const hears = (expected: unknown[]): Promise<void> =>
      eventually(async () => expect(await heard()).toEqual(expected))

    beforeEach(async () => {
      lines.length = 0
      hub = new SocketHub()
      const file = await buildFile('connections', hosting.layer === 'portable')
      plugin = await createPlugin(trapping(await readFile(file)), {
        ...hostedBy(hosting),
        hub,
        sockets: {
          allow: ['ws://127.0.0.1:*'],
          reconnect: { firstDelayMs: 10, maxDelayMs: 40 },
          warm: true,
          shared: true,
        },
        logger: { debug: log, info: log, warn: log, error: log },
      })
    })
    afterEach(async () => {
      await plugin.close()
      await hub.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      expect(hub.sockets).toBe(0)
    })

    describe('that the host keeps up', () => {
      let server: RestartingServer
      const follow = async (options: object): Promise<void> => {
        await plugin.call('follow', JSON.stringify({ url: server.url, options }))
      }
      const say = (...texts: string[]): Promise<unknown> =>
        plugin.call('say', JSON.stringify(texts))

      beforeEach(async () => {
        server = await RestartingServer.start()
      })
      afterEach(() => server[Symbol.asyncDispose]())

      it('go on for a plugin that reads and sends, which hears of it', async () => {
        await follow({ reconnect: { replay: ['subscribe'] } })
        for (const client of server.clients) client.send('1')
        await hears(['1'])
        await server.stop()
        await hears(['1', ['reconnecting', 1006]])
        await say('meanwhile', 'and so on')
        server.onConnection = (socket) => socket.send('2')
        await server.start()
        await hears(['1', ['reconnecting', 1006], ['reconnected', 0], '2'])
        await say('later')
        const received = ['subscribe', 'meanwhile', 'and so on', 'later']
        await eventually(() => expect(server.received).toEqual(received))
        for (const client of server.clients) client.close(1000)
        await hears(['1', ['reconnecting', 1006], ['reconnected', 0], '2', 'end'])
      })

      it('end for a plugin that forbids it', async () => {
        await follow({ reconnect: false })
        for (const client of server.clients) client.close(4000)
        await hears(['end'])
      })

      it('are the ones that were open before, or others listen to, where both say so', async () => {
        await follow({ warm: true })
        await eventually(() => expect(hub.warm.size).toBe(1))
        await follow({ warm: true, name: 'second' })
        await eventually(() => expect(server.clients).toHaveLength(3))
        await follow({ shared: true, name: 'third' })
        await follow({ shared: true, name: 'fourth' })
        expect([hub.shared.size, server.clients.length]).toEqual([1, 4])
        for (const client of server.clients.slice(3)) client.send('for both')
        await hears(['for both', 'for both'])
      })
    })

    describe('that others open', () => {
      let http: Server
      let sockets: WebSocketServer
      const clients: WebSocket[] = []
      const accepted: Promise<void>[] = []
      const client = (path: string): WebSocket => {
        const { port } = http.address() as AddressInfo
        const headers = { 'X-Who': 'me', Cookie: 'secret=1', Authorization: 'Bearer secret' }
        const one = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['chat'], { headers })
        one.on('error', () => {})
        clients.push(one)
        return one
      }
      const next = async (from: WebSocket): Promise<unknown> =>
        String(((await once(from, 'message')) as unknown[])[0])

      beforeEach(async () => {
        sockets = new WebSocketServer({ noServer: true })
        http = createServer().listen(0, '127.0.0.1')
        http.on('upgrade', (request, socket, head) => {
          if (request.url === '/ws') {
            sockets.handleUpgrade(request, socket, head, (ws) => {
              accepted.push(plugin.accept(request, ws))
            })
          } else {
            accepted.push(plugin.accept(request, socket, head))
          }
        })
        await once(http, 'listening')
      })
      afterEach(async () => {
        for (const one of clients.splice(0)) one.terminate()
        await Promise.all(accepted.splice(0))
        await new Promise((resolve) => http.close(resolve))
      })

      it.each(['/path?query', '/ws'])('are served by the plugin: %s', async (path) => {
        const one = client(path)
        await once(one, 'open')
        expect(one.protocol).toBe('chat')
        one.send('hello')
        expect(await next(one)).toBe('hello!')
        expect(plugin.open.sockets).toBe(1)
        const headers = expect.not.objectContaining({ cookie: expect.anything() }) as unknown
        await hears([['connection', path, headers, 'chat']])
        const [[, , shown] = []] = (await heard()) as [unknown, unknown, unknown][]
        expect(shown).toMatchObject({ 'x-who': 'me' })
        expect(shown).not.toHaveProperty('authorization')
        one.close()
        await once(one, 'close')
        await eventually(async () => expect((await heard()).at(-1)).toBe('gone'))
        expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      })

      it('get bytes as they were when they were sent', async () => {
        const one = client('/')
        await once(one, 'open')
        const got: Buffer[] = []
        one.on('message', (data) => got.push(data as Buffer))
        one.send('same bytes')
        await eventually(() => expect(got).toHaveLength(2))
        expect(got.map((data) => [data.length, ...new Set(data)])).toEqual([
          [100_000, 1],
          [100_000, 2],
        ])
      })

      it('are closed with 1011 when the handler throws, which is logged', async () => {
        const one = client('/')
        await once(one, 'open')
        one.send('fail')
        expect((await once(one, 'close'))[0]).toBe(1011)
        expect(lines.join('\n')).toMatch(/onConnection failed: Error: as you wish/)
      })

      it('are closed with 1001 when the plugin is', async () => {
        const one = client('/')
        await once(one, 'open')
        await Promise.all([once(one, 'close'), plugin.close()]).then(([[code]]) =>
          expect(code).toBe(1001),
        )
        expect(lines.join('\n')).not.toMatch(/failed/)
      })

      it('are kept when the plugin crashes, and go on with the next instance', async () => {
        const one = client('/')
        await once(one, 'open')
        one.send('before')
        expect(await next(one)).toBe('before!')
        await expect(plugin.call('crash')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
        one.send('after')
        expect(await next(one)).toBe('after!')
        expect(plugin.restarts).toBe(1)
      })
    })
  })
}
