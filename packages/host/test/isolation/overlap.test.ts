import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Plugin } from '../../src/index.js'
import { create, expectAlive, Integrator, invoke, pause, ways } from './hosted.js'

describe.each(ways)("integrators' functions that overlap: $title", ({ hosting, waits }) => {
  const integrator = new Integrator()
  let plugin: Plugin

  beforeEach(async () => {
    plugin = await create(hosting, integrator, { functionTimeoutMs: 50 })
  })
  afterEach(async () => {
    await plugin.close()
    expect(plugin.isActive()).toBe(false)
  })

  it('a call from within, which nobody waits for there, runs when the outer one is over', async () => {
    let nested: Promise<unknown> | undefined
    const order: string[] = []
    integrator.behaviour = (_context, argument) => {
      nested = plugin.call('ping').then((output) => {
        order.push('nested')
        return output?.text()
      })
      return argument
    }
    const outer = invoke(plugin).then((outcome) => {
      order.push('outer')
      return outcome
    })
    expect(await outer).toEqual({ value: '7' })
    expect(await nested).toBe('pong')
    expect(order).toEqual(['outer', 'nested'])
    await expectAlive(plugin, integrator)
  })

  it('calls from within may call the function again, and again', async () => {
    let depth = 0
    const outcomes: unknown[] = []
    const all: Promise<unknown>[] = []
    integrator.behaviour = (_context, argument) => {
      if (++depth < 10) all.push(invoke(plugin).then((outcome) => outcomes.push(outcome)))
      return argument
    }
    await invoke(plugin)
    while (all.length > outcomes.length) await pause(1)
    expect(outcomes).toEqual(Array.from({ length: 9 }, () => ({ value: '7' })))
    await expectAlive(plugin, integrator)
  })

  it('a call from within, which is waited for there, ends with its function', async () => {
    const nested: Promise<unknown>[] = []
    integrator.behaviour = async () => {
      const call = plugin.call('ping').then((output) => output?.text())
      nested.push(call)
      await call
      return 1
    }
    // It could only run behind the outer call, which waits for it.
    const code = waits ? 'EWS_TIMEOUT' : 'EWS_WOULD_BLOCK'
    expect(await invoke(plugin)).toMatchObject({ code })
    expect(await Promise.all(nested)).toEqual(['pong'])
    await expectAlive(plugin, integrator)
  })

  it('closing from within ends the plugin once the call is over', async () => {
    let closing: Promise<void> | undefined
    integrator.behaviour = (_context, argument) => {
      closing = plugin.close()
      return argument
    }
    const [outcome] = await Promise.allSettled([invoke(plugin)])
    await closing
    expect(outcome?.status).toBe('fulfilled')
    await expect(plugin.call('ping')).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
    expect(plugin.restarts).toBe(0)
  })

  it('closing from within, and waiting for it there, does not hang', async () => {
    let closed = false
    integrator.behaviour = async () => {
      await plugin.close()
      closed = true
      return 1
    }
    const code = waits ? 'EWS_DISPOSED' : 'EWS_WOULD_BLOCK'
    expect(await invoke(plugin)).toMatchObject({ code })
    while (!closed) await pause(1)
    await expect(plugin.call('ping')).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
  })

  it('reloading from within waits for the call, and the plugin goes on', async () => {
    let reload: Promise<void> | undefined
    integrator.behaviour = (_context, argument) => {
      reload = plugin.reload()
      return argument
    }
    expect(await invoke(plugin)).toEqual({ value: '7' })
    await reload
    integrator.behaviour = (_context, argument) => argument
    expect(await invoke(plugin)).toEqual({ value: '7' })
    expect(plugin.restarts).toBe(1)
  })

  describe.runIf(waits)('while one is waited for', () => {
    it('other calls wait, and run in their order', async () => {
      const order: number[] = []
      let calls = 0
      integrator.behaviour = async (_context, argument) => {
        const call = ++calls
        await pause(call % 2 === 0 ? 1 : 8)
        order.push(call)
        return argument
      }
      const all = Array.from({ length: 6 }, () => invoke(plugin))
      expect(await Promise.all(all)).toEqual(all.map(() => ({ value: '7' })))
      expect(order).toEqual([1, 2, 3, 4, 5, 6])
      await expectAlive(plugin, integrator)
    })

    it('one that times out fails alone', async () => {
      let calls = 0
      integrator.behaviour = (_context, argument) =>
        calls++ === 0 ? new Promise(() => {}) : Promise.resolve(argument)
      const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => invoke(plugin)))
      expect(first).toMatchObject({ code: 'EWS_TIMEOUT' })
      expect(others).toEqual(others.map(() => ({ value: '7' })))
      await expectAlive(plugin, integrator)
    })

    it('a call that is given up leaves the plugin as it was', async () => {
      integrator.behaviour = async (_context, argument) => {
        await pause(10)
        return argument
      }
      const controller = new AbortController()
      const { signal } = controller
      const call = plugin.call('invoke', 'to_i32', undefined, { signal })
      while (!plugin.isActive()) await pause(1)
      controller.abort(new Error('enough'))
      await expect(call).rejects.toThrow('enough')
      await expectAlive(plugin, integrator)
    })

    it.each([
      ['resolves behind it', 'resolve'],
      ['rejects behind it', 'reject'],
      ['never settles', 'never'],
    ])('dispose ends the plugin: a promise that %s', async (_name, how) => {
      let started = false
      let over = false
      integrator.behaviour = async () => {
        started = true
        if (how === 'never') await new Promise(() => {})
        while (!over) await pause(1)
        if (how === 'reject') throw new Error('nobody hears this')
        return 3
      }
      const call = invoke(plugin)
      while (!started) await pause(1)
      await plugin.close()
      over = true
      expect(await call).toMatchObject({ code: 'EWS_DISPOSED' })
      await pause(5)
      expect(plugin.restarts).toBe(0)
      expect(plugin.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
      await expect(plugin.call('ping')).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
    })

    it('dispose does not wait for it, and the plugin is told', async () => {
      const patient = await create(hosting, integrator, { functionTimeoutMs: 2 ** 40 })
      integrator.behaviour = () => new Promise(() => {})
      const call = invoke(patient)
      while (!patient.isActive()) await pause(1)
      await patient.close()
      const [outcome] = await Promise.allSettled([call])
      expect(JSON.stringify(outcome)).toContain('EWS_DISPOSED')
      expect(patient.restarts).toBe(0)
    })

    it('other plugins go on', async () => {
      const theirs = new Integrator()
      await using other = await create(hosting, theirs)
      integrator.behaviour = () => new Promise(() => {})
      const stuck = invoke(plugin)
      theirs.behaviour = (_context, argument) => argument
      for (let round = 0; round < 5; round++) {
        expect(await invoke(other)).toEqual({ value: '7' })
      }
      expect(await stuck).toMatchObject({ code: 'EWS_TIMEOUT' })
      await expectAlive(plugin, integrator)
    })
  })
})
