import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for the ways of reading a socket, in every way of hosting. */
export function readingContract(hosting: Hosting): void {
  describe(`reading: ${named(hosting)}`, () => {
    let server: TestServer
    let file: string
    let plugin: Plugin
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*'] },
        timeoutMs: 5000,
        logger: { debug: log, info: log, warn: log, error: log },
        ...options,
      })
    const call = async (name: string, path: string, more: object = {}): Promise<unknown> =>
      (await plugin.call(name, JSON.stringify({ url: `${server.origin}${path}`, ...more })))?.json()

    beforeAll(async () => {
      server = await TestServer.start()
      file = await buildFile('reading', hosting.layer === 'portable')
      plugin = await create()
    })
    beforeEach(() => {
      lines.length = 0
    })
    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    it('by a callback gets every message in order, and the end', async () => {
      const answer = await call('callback', '/push?count=3000&size=300')
      expect(answer).toEqual({ count: 3000, ordered: true, code: 1000 })
    })

    it('by a callback is told of the message and of nothing else', async () => {
      const once = [true, 1]
      expect(await call('callbackArguments', '/push?count=3&size=3')).toEqual([once, once, once])
    })

    it('by a WebSocket has each message go to who listens when its turn comes', async () => {
      expect(await call('listenersChange', '/echo')).toEqual([
        ...['first 0', 'with 1', 'second 1', 'second 2', 'other 2', 'second 3'],
        ...['Blob 4', 'ArrayBuffer 5', 'object 6', 'once 7'],
        ...['third a true true', 'third b true true', 'before a true null'],
      ])
      expect(lines.filter((line) => line.includes('reported'))).toHaveLength(1)
    })

    it('by batches gets every message in order, none of them empty', async () => {
      const answer = await call('batches', '/push?count=3000&size=300')
      expect(answer).toMatchObject({ count: 3000, ordered: true, empty: 0 })
      expect((answer as { largest: number }).largest).toBeLessThanOrEqual(256)
      // Where the engine hands over by itself.
      if (hosting.layer !== 'portable') expect(answer).toMatchObject({ several: true })
    })

    it('by single batches goes on where single messages end', async () => {
      const answer = await call('receiveBatch', '/push?count=1000&size=300')
      expect(answer).toEqual({ count: 1000, ordered: true, code: 'EWS_CLOSED' })
    })

    it('by loops, single messages and batches in turn gives each message to one of them', async () => {
      const answer = await call('inTurn', '/push?count=3000&size=300')
      expect(answer).toEqual({ count: 3000, ordered: true, code: 'EWS_CLOSED' })
    })

    it('by a loop that breaks off leaves the rest to the next', async () => {
      // Fewer than those at which the server is held back.
      expect(await call('brokenOff', '/push?count=200&size=10')).toEqual({
        ...{ count: 200, ordered: true, keys: ['value', 'done'] },
        ended: [{ done: true }, { done: true }],
      })
    })

    it('by a loop gets what has arrived without waiting for more', async () => {
      expect(await call('arrived', '/echo', { count: 30 })).toEqual({ count: 30, ordered: true })
    })

    it('by a callback gets first what was unread, and nothing before it is set', async () => {
      const answer = await call('unreadFirst', '/push?count=300&size=10')
      expect(answer).toEqual({ atOnce: 1, count: 300, ordered: true })
    })

    it('may change', async () => {
      // The reader of the loop was waiting, and gets what comes when there is no callback any more.
      expect(await call('switching', '/echo')).toEqual(['loop a', 'callback b', 'loop c'])
    })

    it('goes on behind a callback that throws, which is reported', async () => {
      const answer = await call('throwing', '/push?count=100&size=10')
      expect(answer).toEqual({ count: 100, ordered: true })
      expect(lines.filter((line) => line.includes('the second one'))).toHaveLength(1)
    })

    it('goes on behind a callback that is cut off', async () => {
      const impatient = await create({ timeoutMs: 200 })
      const url = `${server.origin}/push?count=50&size=10`
      const output = await impatient.call('tooLong', JSON.stringify({ url }))
      expect(output?.json()).toEqual({ count: 50, ordered: true })
      expect(lines.join('\n')).toContain('time')
      await impatient.close()
    })

    it('goes on with jobs, timers and immediates that begin in a callback', async () => {
      expect(await call('goingOn', '/echo')).toEqual(['job', 'timer', 'immediate'])
    })

    it('gets large messages that stay as they are while others come', async () => {
      const sizes = [
        100, 16_383, 16_384, 40_000, 65_000, 65_536, 200_000, 30_000, 1_000_000, 20_000,
      ]
      expect(await call('keptMessages', '/echo', { sizes })).toEqual({
        intact: [true, true, true],
        moved: true,
        received: [sizes.length, sizes.length, sizes.length],
      })
    })

    it('keeps no more memory than messages have, however many came before', async () => {
      const small = await create({ memoryBytes: 32 * 2 ** 20, timeoutMs: 20_000 })
      const input = { url: `${server.origin}/echo`, count: 100, sizes: [20_000] }
      const output = await small.call('keptBehindFloods', JSON.stringify(input))
      // 2 MB; in blocks of 1 MiB each they would be 100.
      expect(output?.json()).toEqual({ intact: true, kept: 100 })
      await small.close()
    })

    it('keeps sockets apart, however each is read, that open and close meanwhile', async () => {
      expect(await call('together', '/echo', { count: 45 })).toEqual({ right: 45 })
    })
  })
}
