import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for messages that a plugin sends, in every way of hosting. */
export function sendingContract(hosting: Hosting): void {
  describe(`sending: ${named(hosting)}`, () => {
    let server: TestServer
    let file: string
    let plugin: Plugin
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*'] },
        timeoutMs: 5000,
        logger: quiet,
        ...options,
      })
    const call = async (name: string, path: string, on = plugin): Promise<unknown> =>
      (await on.call(name, JSON.stringify({ url: `${server.origin}${path}` })))?.json()

    beforeAll(async () => {
      server = await TestServer.start()
      file = await buildFile('sending', hosting.layer === 'portable')
      plugin = await create()
    })
    beforeEach(() => {
      server.received.length = 0
    })
    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    it.each(['bySocket', 'byWebSocket'])(
      'brings every kind, form and size in the order in which they were sent: %s',
      async (name) => expect(await call(name, '/echo')).toEqual([]),
    )

    it('brings what a message was when it was sent', async () => {
      expect(await call('reused', '/echo')).toBe(true)
    })

    it('keeps the order of each of two sockets in turn', async () => {
      expect(await call('inTurn', '/echo')).toEqual([])
    })

    // In `worker` mode the main thread has handed over meanwhile what it could.
    const atOnce = hosting.mode !== 'worker'

    it.runIf(atOnce)('counts what the running entry has sent as buffered', async () => {
      expect(await call('buffered', '/echo')).toEqual([5, 105, 109, 20_109, 20_110, 0, 10])
    })

    it('sends everything before the close frame, and nothing behind it', async () => {
      const closed = { code: 3000, reason: 'enough', wasClean: true }
      expect(await call('closing', '/sink')).toEqual({ refused: 'EWS_CLOSED', closed })
      const all = Array.from({ length: 50 }, (_, i) => `${i}`)
      await vi.waitFor(() => expect(server.received).toEqual(all))
    })

    it('loses nothing of what it takes when the buffer is full', async () => {
      const bounds = { allow: ['ws://127.0.0.1:*'], sendBufferBytes: 2 ** 20 }
      await using bounded = await create({ sockets: bounds })
      const { taken, refusal } = (await call('full', '/sink', bounded)) as Record<string, unknown>
      if (atOnce) expect(refusal).toBe('EWS_LIMIT')
      await vi.waitFor(() => expect(server.received.at(-1)).toBe('done'))
      expect(server.received.length).toBe(Number(taken) + 1)
    })

    // The portable layer keeps what was sent where no host looks for it.
    it.runIf(hosting.layer === 'direct')('brings what an entry has sent that traps', async () => {
      await using doomed = await create({ restart: false })
      await doomed.call('keep', JSON.stringify({ url: `${server.origin}/sink` }))
      await expect(doomed.call('lastWordsOfATrap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await vi.waitFor(() => expect(server.received).toEqual(['word 0', 'word 1', 'word 2']))
    })

    it('brings what an entry has sent that is cut off', async () => {
      await using doomed = await create({ timeoutMs: 250 })
      await doomed.call('keep', JSON.stringify({ url: `${server.origin}/sink` }))
      await expect(doomed.call('lastWords')).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
      await vi.waitFor(() => expect(server.received).toEqual(['word 0', 'word 1', 'word 2']))
    })
  })
}
