import { getEventListeners } from 'node:events'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestHttpServer } from '../http-server.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

const aborted = { name: 'AbortError', message: 'This operation was aborted' }

/** What holds for cancelling a call in every way of hosting. */
export function cancelContract(hosting: Hosting): void {
  describe(`cancelling: ${named(hosting)}`, () => {
    let file: string
    let plugin: Plugin
    const lines: string[] = []
    let onLine: () => void = () => {}
    const log = (line: string): void => {
      lines.push(line)
      onLine()
    }

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        logger: { debug: log, info: log, warn: log, error: log },
        timeoutMs: 5000,
        ...options,
      })
    const call = (name: string, input = '', signal?: AbortSignal) =>
      plugin.call(name, input, undefined, { signal })
    const events = async (): Promise<string[]> =>
      (await plugin.call('takeEvents'))?.json<string[]>() ?? []
    const until = (check: () => unknown): Promise<unknown> =>
      vi.waitFor(check, { interval: 2, timeout: 5000 })
    /** Events, once there are so many. */
    const someEvents = async (count: number): Promise<string[]> => {
      const all: string[] = []
      await until(async () => {
        all.push(...(await events()))
        expect(all.length).toBeGreaterThanOrEqual(count)
      })
      return all
    }

    beforeAll(async () => {
      file = await buildFile('cancel', hosting.layer === 'portable')
    })
    beforeEach(async () => {
      lines.length = 0
      onLine = () => {}
      plugin = await create()
    })
    afterEach(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })

    it('rejects at once, and tells the call object the same', async () => {
      const controller = new AbortController()
      const outcome = call('untilAborted', 'one', controller.signal).catch(
        (error: unknown) => error,
      )
      expect(await someEvents(1)).toEqual(['one began'])
      expect(plugin.open.calls).toBe(1)
      controller.abort()
      expect(plugin.open.calls).toBe(0)
      expect(await outcome).toBe(controller.signal.reason)
      expect(await outcome).toMatchObject(aborted)
      expect(await someEvents(1)).toEqual(['one true AbortError: This operation was aborted'])
      expect(lines).toEqual([])
    })

    it('carries the reason of a timeout', async () => {
      const outcome = call('untilAborted', 'one', AbortSignal.timeout(20))
      await expect(outcome).rejects.toMatchObject({ name: 'TimeoutError' })
      const [, told] = await someEvents(2)
      expect(told).toMatch(/^one true TimeoutError: The operation was aborted due to timeout$/)
    })

    it.each([
      ['an error', new RangeError('enough'), 'RangeError: enough'],
      ['a text', 'enough', 'AbortError: enough'],
      ['null', null, 'AbortError: null'],
      [
        'an object that throws when it is read',
        {
          get message() {
            throw new Error('no')
          },
        },
        'AbortError: a reason without a description',
      ],
      ['a very long text', 'é'.repeat(100_000), `AbortError: ${'é'.repeat(4096)}`],
    ])("carries a reason of the caller's own: %s", async (_name, reason, told) => {
      const controller = new AbortController()
      const outcome = call('untilAborted', 'one', controller.signal).catch(
        (error: unknown) => error,
      )
      await someEvents(1)
      controller.abort(reason)
      expect(await outcome).toBe(reason)
      expect(await someEvents(1)).toEqual([`one true ${told}`])
    })

    it('never enters the guest with a signal that is aborted already', async () => {
      await expect(call('untilAborted', 'one', AbortSignal.abort())).rejects.toMatchObject(aborted)
      expect(await events()).toEqual([])
    })

    it('never enters the guest when the signal is aborted before its turn has come', async () => {
      const controller = new AbortController()
      const calls = ['one', 'two'].map((name) => call('untilAborted', name, controller.signal))
      const outcomes = Promise.allSettled(calls)
      controller.abort('too late')
      expect((await outcomes).map((outcome) => 'reason' in outcome && outcome.reason)).toEqual([
        'too late',
        'too late',
      ])
      expect(await events()).toEqual([])
    })

    it('tells a call that is cancelled while its first entry runs', async () => {
      const controller = new AbortController()
      onLine = () => controller.abort()
      await expect(call('loud', 'one', controller.signal)).rejects.toMatchObject(aborted)
      expect(await someEvents(2)).toEqual([
        'one began',
        'one true AbortError: This operation was aborted',
      ])
      expect(plugin.open.calls).toBe(0)
    })

    it('drops the output of a call that settles in the entry in which it is cancelled', async () => {
      const controller = new AbortController()
      onLine = () => controller.abort()
      await expect(call('loudAndSync', '', controller.signal)).rejects.toMatchObject(aborted)
      onLine = () => {}
      expect((await call('loudAndSync'))?.text()).toBe('settled')
    })

    it('does nothing after the call has settled, and leaves no listener behind', async () => {
      const controller = new AbortController()
      expect((await call('sleep', '1', controller.signal))?.text()).toBe('slept 1, false')
      await expect(call('nonsense', '', controller.signal)).rejects.toMatchObject({
        code: 'EWS_NO_EXPORT',
      })
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      controller.abort()
      expect((await call('sleep', '1'))?.text()).toBe('slept 1, false')
      expect(lines).toEqual([])
    })

    it('drops what a cancelled call still comes to; its signal can be asked for late', async () => {
      const controller = new AbortController()
      const outcome = expect(call('lateSignal', '20', controller.signal)).rejects.toBe('why')
      await until(() => expect(plugin.open.calls).toBe(1))
      controller.abort('why')
      await outcome
      expect(await someEvents(1)).toEqual(['late true AbortError: why'])
      expect((await call('sleep', '5'))?.text()).toBe('slept 5, false')
      expect(lines).toEqual([])
    })

    it('leaves other calls alone', async () => {
      const controllers = Array.from({ length: 40 }, () => new AbortController())
      const outcomes = controllers.map(async ({ signal }, index) => {
        try {
          return (await call('sleep', String(500 + index), signal))?.text()
        } catch (error) {
          return (error as Error).name
        }
      })
      await until(() => expect(plugin.open.calls).toBe(40))
      for (const [index, controller] of controllers.entries()) if (index % 2 > 0) controller.abort()
      expect(await Promise.all(outcomes)).toEqual(
        controllers.map((_, index) =>
          index % 2 > 0 ? 'AbortError' : `slept ${500 + index}, false`,
        ),
      )
    })

    it('cancels 1,000 calls at once, and warns of nothing', async () => {
      const warned = vi.spyOn(process, 'emitWarning')
      const controller = new AbortController()
      const names = Array.from({ length: 1000 }, (_, index) => `call ${index}`)
      const calls = names.map((name) => call('untilAborted', name, controller.signal))
      const outcomes = Promise.allSettled(calls)
      await until(() => expect(plugin.open.calls).toBe(1000))
      await events()
      controller.abort()
      expect(plugin.open.calls).toBe(0)
      const reasons = (await outcomes).map((outcome) => 'reason' in outcome && outcome.reason)
      expect(reasons.every((reason) => reason === controller.signal.reason)).toBe(true)
      expect(await someEvents(1000)).toEqual(
        names.map((name) => `${name} true AbortError: This operation was aborted`),
      )
      expect(warned).not.toHaveBeenCalled()
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      warned.mockRestore()
    })

    it('stops a request that was given the signal', async () => {
      await using server = await TestHttpServer.start()
      await plugin.close()
      plugin = await create({ http: { allow: [server.origin] } })
      const controller = new AbortController()
      const outcome = call('fetching', `${server.origin}/never`, controller.signal)
      const expected = expect(outcome).rejects.toMatchObject(aborted)
      await until(() => expect(plugin.open.requests).toBe(1))
      controller.abort()
      await expected
      expect(await someEvents(1)).toEqual(['fetch true AbortError: This operation was aborted'])
      expect(plugin.open.requests).toBe(0)
    })

    it('lets a plugin close its socket', async () => {
      await using server = await TestServer.start()
      await plugin.close()
      plugin = await create({ sockets: { allow: [server.origin] } })
      const controller = new AbortController()
      const outcome = call('conversing', `${server.origin}/sink`, controller.signal)
      const expected = expect(outcome).rejects.toMatchObject(aborted)
      await until(() => expect(server.connections).toBe(1))
      // The plugin hears of the connection behind this.
      await call('sleep', '20')
      controller.abort()
      await expected
      await until(() => expect(plugin.open.sockets).toBe(0))
      expect(server.closes).toEqual([{ path: '/sink', code: 3000, reason: 'cancelled' }])
    })

    it('ends a call that waits for a timer which never returned', async () => {
      await plugin.close()
      plugin = await create({ timeoutMs: 200 })
      const controller = new AbortController()
      const outcome = expect(call('stuck', '', controller.signal)).rejects.toMatchObject(aborted)
      await until(() => expect(lines.join('\n')).toContain('time limit'))
      expect(plugin.open.calls).toBe(1)
      controller.abort()
      await outcome
      expect((await call('sleep', '1'))?.text()).toBe('slept 1, false')
    })

    it('tells the other calls when a listener throws or never returns', async () => {
      await plugin.close()
      plugin = await create({ timeoutMs: 200 })
      const controller = new AbortController()
      const names = ['clumsy', 'stubborn', 'untilAborted']
      const calls = names.map((name) => call(name, name, controller.signal))
      const outcomes = Promise.allSettled(calls)
      await someEvents(3)
      controller.abort()
      await outcomes
      expect(await someEvents(2)).toEqual([
        'stubborn',
        'untilAborted true AbortError: This operation was aborted',
      ])
      expect(lines.map((line) => line.split('\n')[0])).toEqual([
        'Uncaught RangeError: of a listener',
        expect.stringContaining('time limit'),
      ])
    })

    it('comes too late for a plugin that is disposed', async () => {
      const controller = new AbortController()
      const outcome = call('untilAborted', 'one', controller.signal)
      const expected = expect(outcome).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      await until(() => expect(plugin.open.calls).toBe(1))
      const closed = plugin.close()
      controller.abort()
      await expected
      await closed
      await expect(call('sleep', '1', AbortSignal.abort())).rejects.toMatchObject({
        code: 'EWS_DISPOSED',
      })
    })
  })
}
