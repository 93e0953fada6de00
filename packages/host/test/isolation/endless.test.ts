import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Plugin, PluginOptions } from '../../src/index.js'
import { hostings } from '../contract/hosting.js'
import { endlessStart, functionsModule } from './foreign-functions.js'
import { create, functionsPlugin, Integrator, invoke, pause } from './hosted.js'

const ways = hostings('worker').filter(({ layer }) => layer === 'direct')

/** Threads of this process besides its own; Node counts them nowhere else. */
function threads(): number {
  return (process.report.getReport() as { workers: unknown[] }).workers.length
}

describe.each(ways)('a module that does not end, on a thread of its own: SDK $sdk', (hosting) => {
  const integrator = new Integrator()
  const plugins: Plugin[] = []
  const make = async (options: PluginOptions = {}): Promise<Plugin> => {
    const settings = { timeoutMs: 300, ...options }
    const plugin = await create(hosting, integrator, settings, functionsModule())
    plugins.push(plugin)
    return plugin
  }

  afterEach(async () => {
    await Promise.all(plugins.splice(0).map((plugin) => plugin.close()))
    expect(threads()).toBe(0)
  })

  it('is ended, and built anew for the next call', async () => {
    const plugin = await make()
    for (let round = 1; round <= 2; round++) {
      const call = plugin.call('endless')
      await expect(call).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
      await expect(call).rejects.toThrow(/timeoutMs.*"endless".*built anew/)
      integrator.behaviour = (_context, argument) => argument
      expect(await plugin.call('to_i32')).toBeNull()
      expect(plugin.restarts).toBe(round)
    }
  })

  it('leaves calls that wait behind it to the next instance', async () => {
    const plugin = await make()
    const calls = [plugin.call('endless'), plugin.call('ping'), plugin.call('ping')]
    const statuses = (await Promise.allSettled(calls)).map(({ status }) => status)
    expect(statuses).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(plugin.restarts).toBe(1)
  })

  it('is dead without restarts, and says so', async () => {
    const plugin = await make({ restart: false })
    const call = plugin.call('endless')
    await expect(call).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
    await expect(call).rejects.toThrow('cannot be used any more: create it anew')
    for (const name of ['ping', 'endless']) {
      await expect(plugin.call(name)).rejects.toThrow('cannot be used any more: create it anew')
    }
    expect(plugin.restarts).toBe(0)
  })

  it.each(['endless', 'trap'])('is dead when its restarts are spent: %s', async (name) => {
    const plugin = await make({ restart: { times: 2, withinMs: 60_000 } })
    const code = name === 'trap' ? 'EWS_TRAPPED' : 'EWS_TIMEOUT'
    for (let round = 0; round < 2; round++) {
      await expect(plugin.call(name)).rejects.toThrow('it is built anew')
      expect(await plugin.call('ping')).toBeNull()
    }
    const last = plugin.call(name)
    await expect(last).rejects.toMatchObject({ code })
    await expect(last).rejects.toThrow('2 restarts within 60000 ms were not enough')
    await expect(plugin.call('ping')).rejects.toMatchObject({ code })
    expect(plugin.restarts).toBe(2)
  })

  it('does not trouble other plugins of the process', async () => {
    const stuck = await make()
    const wasm = await functionsPlugin()
    const others = await Promise.all([
      create(hosting, integrator, {}, wasm),
      create({ ...hosting, mode: 'event' }, integrator, {}, wasm),
    ])
    plugins.push(...others)
    integrator.behaviour = (_context, argument) => argument
    let over = false
    const call = expect(stuck.call('endless'))
      .rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
      .finally(() => {
        over = true
      })
    let rounds = 0
    while (!over) {
      for (const other of others) expect(await invoke(other)).toEqual({ value: '7' })
      rounds++
      // The timer of the other one runs on this thread.
      await pause(0)
    }
    await call
    expect(rounds).toBeGreaterThan(0)
    expect(others.map(({ restarts }) => restarts)).toEqual([0, 0])
  })

  it('is ended when it does not even start, and there is no plugin', async () => {
    const creation = create(hosting, integrator, { timeoutMs: 100 }, endlessStart())
    await expect(creation).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
    await expect(creation).rejects.toThrow('while it started')
  })

  it('is not put in the place of one that runs, when it does not start', async () => {
    const plugin = await make()
    await expect(plugin.reload(endlessStart())).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
    expect(await plugin.call('ping')).toBeNull()
    expect(plugin.restarts).toBe(0)
  })

  it('is ended when the plugin is closed', async () => {
    const plugin = await make()
    const call = Promise.allSettled([plugin.call('endless')])
    while (!plugin.isActive()) await pause(1)
    await plugin.close()
    expect(await call).toMatchObject([{ status: 'rejected' }])
    expect(plugin.restarts).toBe(0)
  })

  it('is not ended for time in which it waits for an integrator', async () => {
    const plugin = await make({ timeoutMs: 200, functionTimeoutMs: 10_000 })
    integrator.behaviour = async (_context, argument) => {
      await pause(400)
      return argument
    }
    expect(await plugin.call('to_i32')).toBeNull()
    expect(plugin.restarts).toBe(0)
  })

  it('has one thread and the spare one, whatever became of those before', async () => {
    const plugin = await make()
    await expect(plugin.call('endless')).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
    await expect(plugin.call('trap')).rejects.toMatchObject({ code: 'EWS_TRAPPED' })
    await plugin.reload()
    expect(await plugin.call('ping')).toBeNull()
    await vi.waitFor(() => expect(threads()).toBe(2))
  })
})
