import { readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { hostedBy, named, type Hosting } from './hosting.js'
import { trapping } from './trapping.js'

/** What the SDK's CallContext has besides. */
interface Variables {
  setVariable(name: string, value: string): void
}

interface Told {
  seen: Map<string, string[]>
  others: unknown[][]
}

/** What holds for a plugin that is built anew, in every way of hosting. */
export function restartContract(hosting: Hosting): void {
  describe(`restarts: ${named(hosting)}`, () => {
    let server: WebSocketServer
    let clients: Map<string, WebSocket>
    let closed: string[]
    let file: string
    let plugin: Plugin
    let told: Told
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)

    const create = (options: PluginOptions = {}): Promise<Plugin> =>
      createPlugin(file, {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*'], sockets: 200 },
        timeoutMs: 5000,
        logger: { debug: log, info: log, warn: log, error: log },
        functions: {
          'extism:host/user': {
            tell: (context, block: bigint) => {
              const text = Buffer.from(context.read(block)?.bytes() ?? []).toString()
              const [kind, name, message] = JSON.parse(text) as string[]
              if (kind === 'remember') {
                const { setVariable } = context as unknown as Variables
                return setVariable.call(context, 'kept', 'by the host')
              }
              if (kind !== 'seen') return void told.others.push(JSON.parse(text) as unknown[])
              const before = told.seen.get(String(name)) ?? []
              told.seen.set(String(name), [...before, String(message)])
            },
          },
        },
        ...options,
      })
    const url = (): string => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const others = (kind: string): unknown[] =>
      told.others.filter(([each]) => each === kind).map(([, ...rest]) => rest)
    /** Resolves when the plugin has seen so many messages, or may have. */
    const seen = (count: number): Promise<void> =>
      vi.waitFor(
        () => {
          const all = [...told.seen.values()].reduce((sum, { length }) => sum + length, 0)
          expect(all + others('possibly').length).toBe(count)
        },
        { timeout: 10_000, interval: 5 },
      )

    beforeAll(async () => {
      file = await buildFile('restart', hosting.layer === 'portable')
      await writeFile(file, trapping(await readFile(file)))
      server = new WebSocketServer({
        port: 0,
        host: '127.0.0.1',
        handleProtocols: ([one]) => one ?? false,
      })
      server.on('connection', (socket, request) => {
        clients.set(request.url ?? '', socket)
        socket.on('close', () => closed.push(request.url ?? ''))
      })
      await new Promise((resolve) => server.once('listening', resolve))
    })
    beforeEach(async () => {
      clients = new Map()
      closed = []
      told = { seen: new Map(), others: [] }
      lines.length = 0
      plugin = await create()
    })
    afterEach(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    })
    afterAll(async () => {
      await new Promise((resolve) => server.close(resolve))
    })

    const numbers = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, i) => String(from + i))
    const sendAll = (...texts: string[]): void => {
      for (const text of texts) for (const client of clients.values()) client.send(text)
    }

    it.each(['listen', 'read'])(
      'keep 100 sockets open, and every message arrives once: %s',
      async (how) => {
        await plugin.call(how, JSON.stringify({ url: url(), count: 100 }))
        sendAll(...numbers(0, 5))
        await seen(500)
        sendAll(...numbers(5, 10))
        clients.get('/42')?.send('crash')
        sendAll(...numbers(10, 20))
        // Readers of other sockets may have been in the middle of a message too.
        await seen(2001)
        const unsure = others('possibly') as [number, { type: string; data: string }][]
        expect(plugin.restarts).toBe(1)
        expect(closed).toEqual([])
        expect(plugin.open.sockets).toBe(100)
        for (let i = 0; i < 100; i++) {
          const texts = told.seen.get(`feed ${i}`) ?? []
          const mine = unsure.flatMap(([socket, { data }]) => (socket === i ? [data] : []))
          expect(mine.length).toBeLessThanOrEqual(1)
          // Nothing is lost, and nothing comes again.
          const all = [...texts, ...mine].filter((text) => text !== 'crash')
          expect(all.sort((a, b) => Number(a) - Number(b))).toEqual(numbers(0, 20))
        }
        expect(unsure).toContainEqual([42, { type: 'message', data: 'crash' }])
        if (how === 'listen') expect(unsure).toHaveLength(1)
      },
    )

    const everything = [...numbers(0, 40), 'crash']
    /** The messages of the only socket that were handled, or may have been. */
    const known = (): string[] => [
      ...(told.seen.get('feed 0') ?? []),
      ...(others('possibly') as [number, { data: string }][]).map(([, { data }]) => data),
    ]

    it('tell of all messages of a batch that they may have been handled', async () => {
      await plugin.call('readBatches', JSON.stringify({ url: url() }))
      const [client] = clients.values()
      for (const text of [...numbers(0, 20), 'crash', ...numbers(20, 40)]) client?.send(text)
      // Those in front of the crash were handled, and may be in its batch too.
      await vi.waitFor(() => expect(new Set([...known(), 'crash'])).toEqual(new Set(everything)), {
        timeout: 10_000,
        interval: 5,
      })
      const unsure = others('possibly') as [number, { data: string }][]
      expect(unsure.map(([, { data }]) => data)).toContain('crash')
      const handled = told.seen.get('feed 0') ?? []
      expect(handled).toEqual([...new Set(handled)])
      expect(plugin.restarts).toBe(1)
    })

    it('tell the plugin its sockets, with names and attachments', async () => {
      await plugin.call('read', JSON.stringify({ url: url(), count: 3 }))
      await expect(plugin.call('crash')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await vi.waitFor(() => expect(others('restart')).toHaveLength(1))
      const about = [0, 1, 2].map((i) => [`feed ${i}`, 'numbers', `attached ${i}`])
      expect(others('restart')).toEqual([['EWS_TRAPPED', about]])
      expect((await plugin.call('names'))?.text()).toBe('feed 0,feed 1,feed 2')
    })

    it('keep sockets that end meanwhile until the plugin has heard of it', async () => {
      await plugin.call('read', JSON.stringify({ url: url(), count: 2 }))
      clients.get('/0')?.send('crash')
      clients.get('/0')?.send('last words')
      clients.get('/0')?.close(4000, 'bye')
      await vi.waitFor(() => expect(others('ended')).toEqual([['feed 0']]))
      expect(others('possibly')).toEqual([[0, { type: 'message', data: 'crash' }]])
      expect(told.seen.get('feed 0')).toEqual(['last words'])
      expect(plugin.open.sockets).toBe(1)
    })

    it('keep a socket that still connects', async () => {
      const call = plugin.call('connecting', `${url()}/5`)
      await expect(call).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await vi.waitFor(() => expect(clients.size).toBe(1))
      clients.get('/5')?.send('hello')
      await vi.waitFor(() => expect(told.seen.get('feed 5')).toEqual(['hello']))
      expect((await plugin.call('names'))?.text()).toBe('slow')
    })

    it('keep variables', async () => {
      await plugin.call('variable', 'something')
      await expect(plugin.call('crash')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      expect((await plugin.call('variable'))?.text()).toBe('something')
    })

    it('keep variables that an integrator sets, which the plugin finds', async () => {
      expect((await plugin.call('remember'))?.text()).toBe('by the host')
      await expect(plugin.call('crash')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      expect((await plugin.call('variable'))?.text()).toBe('by the host')
    })

    it('reject calls that were pending, and let those in line go to the next instance', async () => {
      const pending = plugin.call('pending')
      const outcome = expect(pending).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await plugin.call('names')
      const crash = expect(plugin.call('crash')).rejects.toThrow(/it is built anew/)
      const after = plugin.call('names')
      await outcome
      await crash
      expect(await after).not.toBeNull()
      expect(plugin.open.calls).toBe(0)
    })

    it('come to an end when there are too many', async () => {
      const fragile = await create({ restart: { times: 2, withinMs: 60_000 } })
      await fragile.call('keep', `${url()}/1`)
      for (let i = 0; i < 2; i++) {
        await expect(fragile.call('crash')).rejects.toThrow(/it is built anew/)
      }
      await expect(fragile.call('crash')).rejects.toThrow(
        /cannot be used any more: create it anew \(2 restarts within 60000 ms were not enough\)/,
      )
      await expect(fragile.call('names')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await expect(fragile.reload()).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await vi.waitFor(() => expect(closed).toEqual(['/1']))
      await fragile.close()
    })

    it('do not happen when they are off', async () => {
      const mortal = await create({ restart: false })
      await expect(mortal.call('crash')).rejects.toThrow(/cannot be used any more: create it anew$/)
      await expect(mortal.call('names')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      expect(mortal.restarts).toBe(0)
      await mortal.close()
    })

    it('close the sockets of a plugin that does not export onRestart', async () => {
      const simple = await createPlugin(await buildFile('kept', hosting.layer === 'portable'), {
        ...hostedBy(hosting),
        sockets: { allow: ['ws://127.0.0.1:*'] },
        logger: { debug: log, info: log, warn: log, error: log },
      })
      await simple.call('start', JSON.stringify({ url: `${url()}/9` }))
      await vi.waitFor(() => expect(clients.size).toBe(1))
      await simple.reload()
      await vi.waitFor(() => expect(closed).toEqual(['/9']))
      expect(simple.open.sockets).toBe(0)
      expect(lines.join()).toMatch(/does not export onRestart/)
      await simple.close()
    })

    it('swap the code under live connections, on purpose', async () => {
      await plugin.call('read', JSON.stringify({ url: url(), count: 3 }))
      const pending = expect(plugin.call('pending')).rejects.toMatchObject({
        code: 'EWS_RESTARTED',
      })
      await plugin.call('names')
      await plugin.reload(await readFile(file))
      await pending
      sendAll('1', '2')
      await seen(6)
      expect(others('restart')).toMatchObject([['EWS_RESTARTED', expect.anything()]])
      expect([closed, plugin.restarts]).toEqual([[], 1])
    })

    it('bring other code, with other exports', async () => {
      await plugin.call('read', JSON.stringify({ url: url(), count: 1 }))
      await plugin.reload(await buildFile('timers', hosting.layer === 'portable'))
      expect((await plugin.call('count'))?.text()).toBe('10')
      expect(await plugin.functionExists('read')).toBe(false)
      // It does not export onRestart.
      await vi.waitFor(() => expect(closed).toEqual(['/0']))
      await plugin.reload(await readFile(file))
      expect((await plugin.call('names'))?.text()).toBe('')
    })

    it.runIf(hosting.mode === 'worker')(
      'keep 100 sockets and their events when the thread is killed in native code',
      async () => {
        // So long that a machine that stands still for a moment does not end the thread: nobody would say what the
        // plugin's next instance did not get to hear.
        const hanging = await create({ timeoutMs: 1000 })
        await hanging.call('read', JSON.stringify({ url: url(), count: 100 }))
        sendAll('0', '1')
        await seen(200)
        clients.get('/7')?.send('hang')
        sendAll('2', '3', '4')
        await seen(200 + 1 + 300)
        expect(others('restart')).toMatchObject([['EWS_TIMEOUT', expect.anything()]])
        expect([closed, hanging.restarts, hanging.open.sockets]).toEqual([[], 1, 100])
        const unsure = others('possibly') as [number, { data: string }][]
        expect(unsure).toContainEqual([7, { type: 'message', data: 'hang' }])
        for (let i = 0; i < 100; i++) {
          const mine = unsure.flatMap(([socket, { data }]) => (socket === i ? [data] : []))
          const all = [...(told.seen.get(`feed ${i}`) ?? []), ...mine]
          expect(all.filter((text) => text !== 'hang').sort()).toEqual(numbers(0, 5))
        }
        await hanging.close()
      },
    )

    it('leave the plugin as it was when the new code cannot be loaded', async () => {
      await plugin.call('read', JSON.stringify({ url: url(), count: 1 }))
      await expect(plugin.reload(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
        code: 'EWS_BAD_MODULE',
      })
      sendAll('still here')
      await seen(1)
      expect(plugin.restarts).toBe(0)
    })
  })
}
