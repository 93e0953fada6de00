import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin } from '../../src/index.js'
import { buildFile } from '../build.js'
import { scenarios, type Scenario } from '../plugins/order.js'
import { TestServer } from '../server.js'
import { hostedBy, named, type Hosting } from './hosting.js'

/** What holds for the event loop in every way of hosting. */
export function loopContract(hosting: Hosting): void {
  describe(`the event loop: ${named(hosting)}`, () => {
    let server: TestServer
    let plugin: Plugin
    const lines: string[] = []
    const log = (line: string): number => lines.push(line)

    const call = async (name: string, input: unknown = null): Promise<unknown> =>
      (await plugin.call(name, JSON.stringify(input)))?.json()

    beforeAll(async () => {
      server = await TestServer.start()
      plugin = await createPlugin(await buildFile('loop', hosting.layer === 'portable'), {
        ...hostedBy(hosting),
        sockets: { allow: [server.origin], sockets: 1000 },
        timeoutMs: 10_000,
        logger: { debug: log, info: log, warn: log, error: log },
      })
    })
    beforeEach(() => {
      lines.length = 0
    })
    afterAll(async () => {
      await plugin.close()
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await server[Symbol.asyncDispose]()
    })

    it.each(Object.keys(scenarios) as Scenario[])('%s, as in Node', async (scenario) => {
      const inNode = await scenarios[scenario]()
      expect(inNode.length).toBeGreaterThan(0)
      expect(await call('scenario', scenario)).toEqual(inNode)
    })

    it('runs 10,000 timers in order', async () => {
      const delays = Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 101)
      const order = (await call('manyTimers', delays)) as number[]
      expect(new Set(order).size).toBe(delays.length)
      const place: number[] = delays.map(() => -1)
      for (const [at, index] of order.entries()) place[index] = at
      // HTML: behind those that were started before and do not wait for longer.
      const last: number[] = Array.from({ length: 101 }, () => -1)
      for (const [index, delay] of delays.entries()) {
        const at = place[index] ?? -1
        expect(at).toBeGreaterThan(Math.max(...last.slice(0, delay + 1)))
        last[delay] = at
      }
    })

    it('lets timers that are nested more than five deep wait for 4 ms, as HTML says', async () => {
      // Less a millisecond for each rounding of the clock.
      expect(await call('chain', 20)).toBeGreaterThanOrEqual((20 - 6) * 4 - 1)
      expect(await call('ticks', 20)).toBeGreaterThanOrEqual((20 - 6) * 4 - 1)
    })

    it('settles 1,000 calls at a time, each with its own input and output', async () => {
      const inputs = Array.from({ length: 1000 }, (_, index) => ({
        index,
        delay: (index * 7919) % 31,
      }))
      const outputs = await Promise.all(
        inputs.map(async (input) => (await plugin.call('later', JSON.stringify(input)))?.text()),
      )
      const parts = outputs.map((output) => output?.split(' ') ?? [])
      expect(parts.map(([, input]) => input)).toEqual(inputs.map((input) => JSON.stringify(input)))
      expect(new Set(parts.map(([id]) => id)).size).toBe(1000)
      expect(plugin.open.calls).toBe(0)
    })

    it('keeps 1,000 sockets apart', async () => {
      expect(await call('sockets', { url: `${server.origin}/echo`, count: 1000 })).toBe(1000)
    })

    it.each(['immediate', 'timeout'])('gets messages through to a busy %s', async (kind) => {
      expect(await call('busy', { url: `${server.origin}/echo`, kind })).toEqual({
        answer: 'round',
      })
    })

    it('reports a rejection once, unless it is handled before the turn is over', async () => {
      await plugin.call('rejections')
      expect(lines.map((line) => line.split('\n')[0])).toEqual([
        'Uncaught Error: handled late',
        'Uncaught Error: never handled',
      ])
    })

    it('reports what tasks throw, and goes on', async () => {
      expect((await plugin.call('throwing'))?.text()).toBe('went on')
      expect(lines.map((line) => line.split('\n')[0])).toEqual([
        'Uncaught Error: of a microtask',
        'Uncaught Error: of an immediate',
        'Uncaught Error: of a timer',
      ])
    })
  })
}
