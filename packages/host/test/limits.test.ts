import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin } from '../src/index.js'
import { build, buildFile } from './build.js'
import { foreignModule } from './foreign-module.js'
import { sdks, type SdkVersion } from './sdk.js'

const mebibyte = 2 ** 20

describe.each(Object.keys(sdks) as SdkVersion[])('time on SDK %s', (version) => {
  let plugin: Plugin
  const lines: string[] = []
  const log = (line: string): number => lines.push(line)

  beforeAll(async () => {
    const logger = { debug: log, info: log, warn: log, error: log }
    plugin = await createPlugin(await buildFile('limits'), {
      extism: sdks[version],
      timeoutMs: 250,
      logger,
    })
  })
  afterAll(() => plugin.close())

  it.each([
    'endless',
    'endlessLater',
    'endlessRegex',
    'endlessTimer',
    'endlessCatch',
    'endlessJobs',
  ])('ends %s with EWS_TIMEOUT, and the plugin lives on', async (name) => {
    await expect(plugin.call(name)).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
    expect((await plugin.call('ping', name))?.text()).toBe(`pong ${name}`)
  })

  it('cuts off a listener, reports it, and lets the call go on', async () => {
    expect((await plugin.call('endlessListener'))?.text()).toBe('went on')
    expect(lines.join('\n')).toContain('time limit')
  })
})

describe('memory', () => {
  it.each([undefined, 64 * mebibyte])(
    'runs out with an exception below %s',
    async (memoryBytes) => {
      const options = memoryBytes === undefined ? {} : { memoryBytes }
      const file = await buildFile('limits')
      const plugin = await createPlugin(file, { ...options, timeoutMs: 20_000 })
      const most = (memoryBytes ?? 256 * mebibyte) / mebibyte
      const outcome = (await plugin.call('exhaust'))?.text() ?? ''
      expect(outcome).toMatch(/^\w+ after \d+ MiB$/)
      const taken = Number(/\d+/.exec(outcome)?.[0])
      expect(taken).toBeGreaterThan(most / 2)
      expect(taken).toBeLessThan(most)
      expect((await plugin.call('exhaustStrings'))?.text()).toMatch(/Error$/)
      await expect(plugin.call('exhaustLater')).rejects.toMatchObject({ code: 'EWS_PLUGIN' })
      expect((await plugin.call('ping', 'still here'))?.text()).toBe('pong still here')
      const { exports } = await plugin.getInstance()
      const memory = exports['memory'] as WebAssembly.Memory
      expect(memory.buffer.byteLength).toBeLessThanOrEqual(most * mebibyte)
      await plugin.close()
    },
  )

  it('has a maximum in modules of other compilers too', async () => {
    const module = foreignModule(1)
    const plugin = await createPlugin(module, { memoryBytes: 4 * mebibyte })
    const { exports } = await plugin.getInstance()
    const memory = exports['memory'] as WebAssembly.Memory
    memory.grow(63)
    expect(() => memory.grow(1)).toThrow(RangeError)
    await plugin.close()
  })

  it('refuses a module that needs more from the start', async () => {
    const creation = createPlugin(foreignModule(128), { memoryBytes: 4 * mebibyte })
    await expect(creation).rejects.toMatchObject({ code: 'EWS_BAD_MODULE' })
    await expect(creation).rejects.toThrow(/8 MiB.*4 MiB/)
  })

  it.each([
    ['a file that does not exist', '/nowhere/plugin.wasm', /cannot read .*nowhere/],
    ['bytes that are no module', new Uint8Array([1, 2, 3, 4]), /cannot load the module/],
    ['a manifest without modules', { wasm: [] }, /names no module/],
  ])('refuses %s', async (_name, manifest, message) => {
    const creation = createPlugin(manifest)
    await expect(creation).rejects.toMatchObject({ code: 'EWS_BAD_MODULE' })
    await expect(creation).rejects.toThrow(message)
  })

  it('checks the hash of a manifest against the file as it came', async () => {
    const { wasm } = await build('limits')
    const manifest = { wasm: [{ data: wasm, hash: '00'.repeat(32) }] }
    await expect(createPlugin(manifest)).rejects.toThrow(/SHA-256 is [0-9a-f]{64}/)
  })

  it.each([0, -1, Infinity, NaN])('refuses %s as a bound', async (value) => {
    const file = await buildFile('limits')
    await expect(createPlugin(file, { memoryBytes: value })).rejects.toThrow(TypeError)
    await expect(createPlugin(file, { timeoutMs: value })).rejects.toThrow(TypeError)
    const sockets = { inboxBytes: value }
    await expect(createPlugin(file, { sockets })).rejects.toThrow(/sockets\.inboxBytes/)
  })
})

describe('a trap', () => {
  it.each(Object.keys(sdks) as SdkVersion[])(
    'ends the plugin for good when it may not be built anew, on SDK %s',
    async (version) => {
      const lines: string[] = []
      const log = (line: string): number => lines.push(line)
      const logger = { debug: log, info: log, warn: log, error: log }
      const options = { extism: sdks[version], logger, restart: false } as const
      const plugin = await createPlugin(foreignModule(1), options)
      await expect(plugin.call('trap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
      await expect(plugin.call('trap')).rejects.toMatchObject({
        code: 'EWS_TRAPPED',
        cause: expect.any(WebAssembly.RuntimeError),
      })
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain('create it anew')
      await plugin.close()
    },
  )
})
