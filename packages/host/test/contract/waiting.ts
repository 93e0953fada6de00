import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for functions that wait: in `event` mode, that they cannot. */
export function waitingContract(hosting: Hosting): void {
  const waits = hosting.mode === 'worker' || hosting.mode === 'jspi'
  describe(`waiting: ${named(hosting)}`, () => {
    let server: TestServer
    let file: string
    let plugin: Plugin
    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*'] },
        timeoutMs: 20_000,
        ...options,
      })
    const call = async (name: string, input: object, on = plugin): Promise<unknown> =>
      (await on.call(name, JSON.stringify(input)))?.json()
    const url = (path: string): string => `${server.origin}${path}`

    beforeAll(async () => {
      server = await TestServer.start()
      file = await buildFile('waiting', hosting.layer === 'portable')
      plugin = await create()
    })
    afterEach(async () => {
      expect((await plugin.call('healthy'))?.text()).toBe('healthy')
      expect(plugin.restarts).toBe(0)
    })
    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await server.idle()
      await server[Symbol.asyncDispose]()
    })

    it.runIf(!waits)('says that it cannot wait, and which modes can', async () => {
      const refused = await call('refusal', { url: url('/echo') })
      expect(refused).toMatchObject({ code: 'EWS_WOULD_BLOCK' })
      expect((refused as { message: string }).message).toMatch(/'worker' or 'jspi'/)
    })

    it.runIf(waits)('connects, sends, receives and closes in a row', async () => {
      expect(await call('talk', { url: url('/echo') })).toEqual({
        protocol: 'b',
        text: 'hello',
        binary: [1, 2, 3],
        closed: { code: 3001, reason: 'enough', wasClean: true },
        after: 'EWS_CLOSED',
      })
    })

    it.runIf(waits)('waits as long as it is told', async () => {
      const answer = await call('timeout', { url: url('/echo') })
      expect(answer).toEqual({ nothing: 'nothing', atOnce: 'nothing', late: 'late' })
    })

    it.runIf(waits).each([
      ['a URL that is not allowed', () => 'wss://elsewhere.example/', 'EWS_DENIED'],
      ['a port that nobody listens on', () => 'ws://127.0.0.1:2/', 'EWS_CONNECT'],
      ['a refused handshake', () => url('/unauthorized'), 'EWS_HANDSHAKE'],
    ])('fails with the reason for %s', async (_name, target, code) => {
      expect(await call('refusal', { url: target() })).toMatchObject({ code })
      expect(plugin.open.sockets).toBe(0)
    })

    it.runIf(waits)(
      'reads everything that a fast server pushes, then its close frame',
      async () => {
        const answer = await call('readAll', { url: url('/push?count=5000&size=100') })
        expect(answer).toMatchObject({ count: 5000, closed: { code: 1000, reason: 'done' } })
      },
    )

    it.runIf(waits)('makes thousands of round trips in one call', async () => {
      expect(await call('pingPong', { url: url('/echo'), count: 3000 })).toBe(3000)
    })

    // 100,000 of them: test/leak-modes.test.ts, for every mode.
    it.runIf(waits)(
      'sends and receives thousands of messages in one call, and loses none',
      async () => {
        const count = 10_000
        const answer = await call('flood', { url: url('/echo'), count })
        expect(answer).toEqual({ sent: count, received: count })
      },
    )

    it.runIf(waits).each([200_000, 1_048_576, 8 * 2 ** 20])('carries %s bytes', async (size) => {
      expect(await call('large', { url: url('/echo'), size })).toBe(true)
    })

    it.runIf(waits)('waits for many sockets at once', async () => {
      expect(await call('poll', { url: url('/echo') })).toEqual({
        none: 0,
        found: [[3, 'me']],
        ended: [[1, 1000]],
      })
    })

    it.runIf(waits)('gets its answer while another socket has filled the inbox', async () => {
      expect(await call('pressed', { url: url('/echo') })).toBe(20_000)
    })

    it.runIf(waits)('runs nothing else of the plugin meanwhile', async () => {
      const steps = await call('order', { url: url('/echo') })
      expect(steps).toEqual(['received', 'job', 'timer'])
    })

    it.runIf(waits)('does not count against the time limit', async () => {
      const strict = await create({ timeoutMs: 100 })
      const answer = await strict.call(
        'patient',
        JSON.stringify({ url: url('/echo'), timeoutMs: 60 }),
      )
      expect(answer?.text()).toBe('done')
      await expect(strict.call('busy')).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
      expect((await strict.call('healthy'))?.text()).toBe('healthy')
      expect(strict.restarts).toBe(0)
      await strict.close()
    })

    it.runIf(waits)('lets other calls follow, one by one', async () => {
      const answers = await Promise.all([
        call('pingPong', { url: url('/echo'), count: 50 }),
        call('timeout', { url: url('/echo') }),
        call('pingPong', { url: url('/echo'), count: 20 }),
      ])
      expect(answers).toMatchObject([50, { late: 'late' }, 20])
    })

    it.runIf(waits)('ends when the plugin is disposed', async () => {
      const doomed = await create()
      const pending = doomed.call('waitForever', JSON.stringify({ url: url('/echo') }))
      const outcome = expect(pending).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      await vi.waitFor(() => expect(doomed.open.sockets).toBe(1))
      await doomed.close()
      await outcome
      expect(doomed.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })

    it.runIf(waits)('ends when the connection is lost', async () => {
      const pending = call('waitForever', { url: url('/drop') })
      expect(await pending.catch((error: unknown) => error)).toBeInstanceOf(Error)
    })
  })
}
