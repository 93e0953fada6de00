import { createPlugin as createReleased } from '@extism/extism'
import { createPlugin as createCandidate } from 'extism-rc'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, withSockets, type Plugin } from '../src/index.js'
import { build, buildFile } from './build.js'
import { sdks, type SdkVersion } from './sdk.js'

describe.each([
  ['1.0.3', createReleased],
  ['2.0.0-rc13', createCandidate],
] as const)('a plugin that uses only timers, in a plain host on SDK %s', (_version, create) => {
  const load = async () => {
    const { wasm } = await build('timers')
    return create({ wasm: [{ data: wasm }] }, { useWasi: true, config: { name: 'you' } })
  }

  it('loads without host functions, and its promises settle within the call', async () => {
    const plugin = await load()
    expect((await plugin.call('wait'))?.text()).toBe('microtask 10 20 30')
    expect((await plugin.call('count'))?.text()).toBe('10')
    expect((await plugin.call('greeting'))?.text()).toBe('hello you')
    await plugin.close()
  })

  it('reports a rejection as readable text', async () => {
    const plugin = await load()
    await expect(plugin.call('refuse')).rejects.toThrow(/RangeError: on purpose\n +at refuse/)
    await plugin.close()
  })

  it('says so when a promise can never settle', async () => {
    const plugin = await load()
    await expect(plugin.call('never')).rejects.toThrow(/"never" can never settle: no timer/)
    await plugin.close()
  })
})

describe.each(Object.keys(sdks) as SdkVersion[])(
  'the same plugin in our host on SDK %s',
  (version) => {
    let file: string
    let plugin: Plugin | undefined
    const lines: string[] = []
    const log = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
    const logger = {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
    }

    const create = async (options: object = {}): Promise<Plugin> => {
      plugin = await createPlugin(file, { extism: sdks[version], logger, ...options })
      return plugin
    }

    beforeAll(async () => {
      file = await buildFile('timers')
    })
    afterEach(async () => {
      lines.length = 0
      await plugin?.close()
    })

    it('never blocks the host while it waits', async () => {
      const { call } = bind(await create())
      let ticks = 0
      const interval = setInterval(() => ticks++, 10)
      expect(await call('sleep')).toBe('slept')
      clearInterval(interval)
      // A guest that slept inside Wasm would have left room for one tick at the most.
      expect(ticks).toBeGreaterThan(1)
    })

    it('settles its calls in the order of their timers', async () => {
      const { call } = bind(await create())
      expect(await call('wait')).toBe('microtask 10 20 30')
      expect(await Promise.all([call('count'), call('count')])).toEqual(['10', '10'])
    })

    it('keeps a call that never settles until it is disposed', async () => {
      const created = await create()
      const outcome = expect(created.call('never')).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
      expect(await bind(created).call('count')).toBe('10')
      await created.close()
      await outcome
    })

    it('reports an unhandled rejection once, with its place', async () => {
      const { call } = bind(await create())
      expect(await call('unhandled')).toBe('settled')
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(/^error Uncaught Error: nobody looks\n +at unhandled/)
    })

    it('gives every instance its own random numbers, and the time of the day', async () => {
      const samples = []
      for (let i = 0; i < 2; i++) {
        const instance = await create()
        samples.push((await instance.call('samples'))?.json<{ random: number[]; now: number }>())
        await instance.close()
      }
      const [first, second] = samples
      expect(new Set([...(first?.random ?? []), ...(second?.random ?? [])]).size).toBe(4)
      expect(Math.abs(Date.now() - (second?.now ?? 0))).toBeLessThan(60_000)
    })

    it('keeps variables from call to call', async () => {
      const { call } = bind(await create())
      expect([await call('visits'), await call('visits'), await call('visits')]).toEqual([
        '1',
        '2',
        '3',
      ])
    })

    it('passes on config and log lines, at the level that is asked for', async () => {
      const manifest = { wasm: [{ path: file }], config: { name: 'manifest', greeting: 'hi' } }
      plugin = await createPlugin(manifest, {
        extism: sdks[version],
        logger,
        logLevel: 'debug',
        config: { name: 'options' },
      })
      expect((await plugin.call('greeting'))?.text()).toBe('hi options')
      expect(lines).toEqual(['debug debug line', "info greeting { to: 'options' }"])
    })
  },
)

describe('withSockets', () => {
  it("attaches to a plugin made by Extism's own createPlugin", async () => {
    const { wasm } = await build('timers')
    const support = withSockets()
    const raw = await createCandidate(
      { wasm: [{ data: wasm }] },
      { useWasi: true, functions: support.functions, logger: support.logger },
    )
    const plugin = await support.attach(raw)
    expect((await plugin.call('wait'))?.text()).toBe('microtask 10 20 30')
    await expect(support.attach(raw)).rejects.toThrow(/withSockets\(\) for each plugin/)
    await plugin.close()
  })
})

function bind(plugin: Plugin): { call(name: string): Promise<string | undefined> } {
  return { call: async (name) => (await plugin.call(name))?.text() }
}
