import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { createPlugin, type Plugin, type PluginOptions } from '../../src/index.js'
import { buildFile } from '../build.js'
import { TestServer } from '../server.js'

const silent = { logLevel: 'silent' } as const
let file: string
let server: TestServer
let plugin: Plugin | undefined

beforeAll(async () => {
  file = await buildFile('kept')
})
beforeEach(async () => {
  server = await TestServer.start()
})
afterEach(async () => {
  await plugin?.close()
  await server[Symbol.asyncDispose]()
})

async function start(options: PluginOptions = {}): Promise<Plugin> {
  plugin = await createPlugin(file, { ...silent, sockets: { allow: [server.origin] }, ...options })
  return plugin
}

function startSocket(path: string, name = 'feed'): Promise<unknown> {
  return plugin?.call(
    'start',
    JSON.stringify({ url: `${server.origin}${path}`, name }),
  ) as Promise<unknown>
}

describe.each(['event', 'worker'] as const)('plugin.metrics() in %s mode', (mode) => {
  it('counts connections, messages and bytes by URL, without the query', async () => {
    const made = await start({ mode })
    await startSocket('/push?count=20&size=100')
    await made.call('next', JSON.stringify({ name: 'feed', count: 20 }))
    await vi.waitFor(() => expect(made.metrics().urls[0]?.closed).toBe(1))
    const metrics = made.metrics()
    expect(metrics).toMatchObject({ plugin: 'kept', mode, restarts: 0, refusals: {}, errors: {} })
    expect(metrics.calls).toEqual({ pending: 0, total: 2, failed: 0 })
    expect(metrics.urls).toHaveLength(1)
    expect(metrics.urls[0]).toMatchObject({
      url: `${server.origin}/push`,
      open: 0,
      opened: 1,
      closed: 1,
      failed: 0,
      messagesReceived: 20,
      messagesSent: 0,
    })
    expect(metrics.urls[0]?.bytesReceived).toBeGreaterThan(20 * 100)
  })

  it('tells how the guest is dispatched', async () => {
    const made = await start({ mode })
    await startSocket('/push?count=20&size=100')
    await made.call('next', JSON.stringify({ name: 'feed', count: 20 }))
    const { dispatches, dispatchLatencyMs, dispatchDurationMs, queueDepth, inbox } = made.metrics()
    expect(dispatches).toBeGreaterThan(0)
    expect(dispatchLatencyMs.count).toBeGreaterThanOrEqual(dispatches)
    expect(dispatchDurationMs.count).toBe(dispatches)
    expect(dispatchDurationMs.sum).toBeGreaterThan(0)
    expect(queueDepth.max).toBeGreaterThan(0)
    expect(inbox.peakEvents).toBeGreaterThan(0)
    expect(inbox.peakBytes).toBeGreaterThan(0)
  })
})

describe('plugin.metrics()', () => {
  it('counts what the policy refuses, by code', async () => {
    const made = await start({ sockets: {} })
    await startSocket('/echo')
    expect(made.metrics()).toMatchObject({ refusals: { EWS_DENIED: 1 }, urls: [], sockets: 0 })
  })

  it('counts attempts that fail, by code', async () => {
    const made = await start()
    await startSocket('/unauthorized')
    const { urls, errors } = made.metrics()
    expect(urls).toMatchObject([{ url: `${server.origin}/unauthorized`, failed: 1, opened: 0 }])
    expect(errors).toEqual({ EWS_HANDSHAKE: 1 })
  })

  it('tells sockets that are open and calls that are pending', async () => {
    const made = await start()
    await startSocket('/sink')
    const pending = made.call('next', JSON.stringify({ name: 'feed', count: 1 }))
    const failed = expect(pending).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
    await vi.waitFor(() => expect(made.metrics().calls.pending).toBe(1))
    expect(made.metrics()).toMatchObject({ sockets: 1, urls: [{ open: 1 }] })
    await made.close()
    await failed
    const metrics = made.metrics()
    expect(metrics).toMatchObject({ sockets: 0, urls: [{ open: 0, closed: 1 }] })
    expect(metrics.calls).toEqual({ pending: 0, total: 2, failed: 1 })
  })

  it('goes on counting when the plugin is built anew', async () => {
    const made = await start()
    await startSocket('/sink')
    await made.reload()
    await vi.waitFor(() => expect(made.metrics().urls[0]?.closed).toBe(1))
    expect(made.metrics()).toMatchObject({ restarts: 1, calls: { total: 1 } })
  })

  it('is plain JSON', async () => {
    const made = await start()
    await startSocket('/echo')
    const metrics = made.metrics()
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics)
  })
})

describe("a plugin's name", () => {
  it('is the option, or that of its file', async () => {
    expect((await start({ name: 'my feed' })).name).toBe('my feed')
    await plugin?.close()
    expect((await start()).name).toBe('kept')
    await plugin?.close()
    plugin = await createPlugin(pathToFileURL(file), silent)
    expect(plugin.name).toBe('kept')
    await plugin.close()
    plugin = await createPlugin({ wasm: [{ path: file }] }, silent)
    expect(plugin.name).toBe('kept')
  })

  it('is that of the module in the manifest, or a number where nothing else is known', async () => {
    const data = await readFile(file)
    plugin = await createPlugin({ wasm: [{ data, name: 'prices' }] }, silent)
    expect(plugin.name).toBe('prices')
    await plugin.close()
    plugin = await createPlugin({ wasm: [{ data, name: 'main' }] }, silent)
    expect(plugin.name).toMatch(/^plugin-\d+$/)
    await plugin.close()
    plugin = await createPlugin(data, silent)
    expect(plugin.name).toBe(`plugin-${plugin.metrics().session}`)
  })

  it.each(['', '  ', 'two\nlines', 'x'.repeat(101)])('cannot be %j', async (name) => {
    await expect(createPlugin(file, { name })).rejects.toThrow(/^name must be a text of 1 to 100/)
  })
})
