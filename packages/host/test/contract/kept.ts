import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { createPlugin, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for sockets that outlive the call which opened them, in every way of hosting. */
export function keptContract(hosting: Hosting): void {
  describe(`sockets between calls: ${named(hosting)}`, () => {
    let file: string
    let server: WebSocketServer
    let url: string
    let plugin: Plugin
    const lines: string[] = []
    const log = (line: string): number => lines.push(line)

    const until = (check: () => unknown): Promise<unknown> =>
      vi.waitFor(check, { interval: 2, timeout: 5000 })
    const call = async (name: string, input: object): Promise<unknown> =>
      (await plugin.call(name, JSON.stringify(input)))?.json()
    /** Has the plugin connect and return; answers the server's side of the socket. */
    const start = async (name: string, method = 'start'): Promise<WebSocket> => {
      const connected = once(server, 'connection') as Promise<[WebSocket]>
      await plugin.call(method, JSON.stringify({ url, name }))
      const [socket] = await connected
      return socket
    }

    beforeAll(async () => {
      file = await buildFile('kept', hosting.layer === 'portable')
    })
    beforeEach(async () => {
      lines.length = 0
      server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
      await once(server, 'listening')
      url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
      plugin = await createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: [new URL(url).origin] },
        timeoutMs: 5000,
        logger: { debug: log, info: log, warn: log, error: log },
      })
    })
    afterEach(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    })

    it('gives a later call what arrived with no call pending', async () => {
      const feed = await start('feed')
      expect(plugin.open).toEqual({ sockets: 1, requests: 0, calls: 0 })
      feed.send('one')
      feed.send('two')
      // Long enough to arrive; if not, the call waits for them, which is as well.
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await call('next', { name: 'feed', count: 2 })).toEqual(['one', 'two'])
      const third = call('next', { name: 'feed', count: 1 })
      feed.send('three')
      expect(await third).toEqual(['three'])
    })

    it('holds a server back that sends more than is read, and loses nothing', async () => {
      const feed = await start('feed')
      const padding = 'x'.repeat(4000)
      const messages = Array.from({ length: 5000 }, (_, index) => `${index} ${padding}`)
      for (const message of messages) feed.send(message)
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(feed.bufferedAmount).toBeGreaterThan(0)
      const read = (await call('next', { name: 'feed', count: messages.length })) as string[]
      expect(read.every((message, index) => message === messages[index])).toBe(true)
      expect(read).toHaveLength(messages.length)
    })

    it('finds sockets by their names, as long as they are open', async () => {
      const first = await start('first')
      await start('second')
      expect(await call('names', {})).toEqual(['first', 'second'])
      expect(await call('next', { name: 'third', count: 1 })).toBeNull()
      first.close(1000)
      await until(async () => expect(await call('names', {})).toEqual(['second']))
      expect((await plugin.call('stop', 'second'))?.json()).toMatchObject({ code: 1000 })
      expect(await call('names', {})).toEqual([])
      await until(() => expect(plugin.open.sockets).toBe(0))
    })

    it('refuses a name that an open socket has', async () => {
      await start('feed')
      const refusal = (await plugin.call('start', JSON.stringify({ url, name: 'feed' })))?.text()
      expect(refusal).toMatch(/^EWS_BAD_REQUEST: .*"feed" is already open.*sockets\.get\("feed"\)/)
      expect(plugin.open.sockets).toBe(1)
      await plugin.call('stop', 'feed')
      await start('feed')
      expect(await call('names', {})).toEqual(['feed'])
    })

    it('lets a plugin read in the background', async () => {
      const feed = await start('feed', 'subscribe')
      feed.send('one')
      feed.send('two')
      feed.close(1000)
      await until(() => expect(plugin.open.sockets).toBe(0))
      await until(async () => {
        expect(await call('takeRead', {})).toEqual(['one', 'two', 'the end'])
      })
      expect(lines).toEqual([])
    })

    it('reports what such a reader does not catch', async () => {
      const feed = await start('feed', 'subscribe')
      feed.terminate()
      await until(() => expect(lines).toHaveLength(1))
      expect(lines[0]).toMatch(/^Uncaught EwsError: the connection was lost \(code 1006\)/)
    })

    it('closes them with 1001 when the plugin is disposed', async () => {
      const feed = await start('feed')
      const closed = once(feed, 'close') as Promise<[number]>
      await plugin.close()
      expect((await closed)[0]).toBe(1001)
    })
  })
}
