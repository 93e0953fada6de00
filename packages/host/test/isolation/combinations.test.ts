import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import type { Plugin } from '../../src/index.js'
import { create, expectAlive, Integrator, invoke, pause, ways, type Behaviour } from './hosted.js'

const functionTimeoutMs = 30
/** The machine may stand still between the start of this time and of that. */
const late = functionTimeoutMs + 1000

/** What a function comes to, and what the guest sees of it where that can be waited for. */
const endings: Record<string, { behaviour: Behaviour; seen: object; waits?: boolean }> = {
  returns: { behaviour: (_context, argument) => argument, seen: { value: '7' } },
  throws: {
    behaviour: () => {
      throw new Error('no such row')
    },
    seen: { code: 'EWS_HOST_FUNCTION' },
  },
  resolves: {
    behaviour: (_context, argument) => pause(5).then(() => argument),
    seen: { value: '7' },
    waits: true,
  },
  rejects: {
    behaviour: () => pause(5).then(() => Promise.reject(new Error('no such row'))),
    seen: { code: 'EWS_HOST_FUNCTION' },
    waits: true,
  },
  'resolves too late': {
    behaviour: () => pause(late).then(() => 99),
    seen: { code: 'EWS_TIMEOUT' },
    waits: true,
  },
  'rejects too late': {
    behaviour: () => pause(late).then(() => Promise.reject(new Error('too late'))),
    seen: { code: 'EWS_TIMEOUT' },
    waits: true,
  },
  'never settles': {
    behaviour: () => new Promise(() => {}),
    seen: { code: 'EWS_TIMEOUT' },
    waits: true,
  },
}

const names = Object.keys(endings)

describe.each(ways)("an integrator's function, whatever happens meanwhile: $title", (way) => {
  const { hosting, waits } = way
  const integrator = new Integrator()
  let plugin: Plugin
  const make = (): Promise<Plugin> => create(hosting, integrator, { functionTimeoutMs })

  /** What the guest sees when nothing else happens. */
  const seenOf = (name: string): object => {
    const { seen, waits: later } = endings[name] ?? { seen: {} }
    return later === true && !waits ? { code: 'EWS_WOULD_BLOCK' } : seen
  }
  /** Makes it come to that, once `first` was done. */
  const behave = (name: string, first: () => unknown = () => {}): void => {
    integrator.behaviour = (context, argument) => {
      first()
      return endings[name]?.behaviour(context, argument)
    }
  }

  describe('in a plugin that goes on', () => {
    beforeAll(async () => {
      plugin = await make()
    })
    afterEach(() => expectAlive(plugin, integrator))
    afterAll(() => plugin.close())

    it.each(names)('%s', async (name) => {
      behave(name)
      expect(await invoke(plugin)).toMatchObject(seenOf(name))
    })

    it.each(names)('%s, and calls the plugin before', async (name) => {
      const nested: Promise<unknown>[] = []
      behave(name, () => nested.push(plugin.call('ping').then((output) => output?.text())))
      expect(await invoke(plugin)).toMatchObject(seenOf(name))
      expect(await Promise.all(nested)).toEqual(['pong'])
    })

    it.each(names)('%s, and calls itself by the plugin before', async (name) => {
      const nested: Promise<unknown>[] = []
      behave(name, () => {
        if (nested.length < 3) nested.push(invoke(plugin))
      })
      expect(await invoke(plugin)).toMatchObject(seenOf(name))
      for (let at = 0; at < 3; at++) expect(await nested[at]).toMatchObject(seenOf(name))
    })

    it.each(names)('%s behind a call of the plugin that it waits for', async (name) => {
      const nested: Promise<unknown>[] = []
      integrator.behaviour = async (context, argument) => {
        const call = plugin.call('ping').then((output) => output?.text())
        nested.push(call)
        await call
        return endings[name]?.behaviour(context, argument)
      }
      // It could only run behind the outer call, which waits for it.
      const code = waits ? 'EWS_TIMEOUT' : 'EWS_WOULD_BLOCK'
      expect(await invoke(plugin)).toMatchObject({ code })
      expect(await Promise.all(nested)).toEqual(['pong'])
      // What comes of it is nobody's.
      await pause(1)
    })

    it.each(names)('%s, and other calls are under way', async (name) => {
      let calls = 0
      integrator.behaviour = (context, argument) =>
        ++calls === 2 ? endings[name]?.behaviour(context, argument) : argument
      const [first, second, ...others] = await Promise.all([
        invoke(plugin),
        invoke(plugin),
        invoke(plugin),
        plugin.call('ping').then((output) => output?.text()),
      ])
      expect(first).toEqual({ value: '7' })
      expect(second).toMatchObject(seenOf(name))
      expect(others).toEqual([{ value: '7' }, 'pong'])
    })

    it.each(names)('%s in a call that is given up meanwhile', async (name) => {
      const controller = new AbortController()
      behave(name, () => controller.abort(new Error('enough')))
      const { signal } = controller
      const call = plugin.call('invoke', 'to_i32', undefined, { signal })
      await expect(call).rejects.toThrow('enough')
    })
  })

  it.each(names)('%s, and reloads the plugin before', async (name) => {
    await using reloaded = await make()
    const reloads: Promise<void>[] = []
    behave(name, () => reloads.push(reloaded.reload()))
    expect(await invoke(reloaded)).toMatchObject(seenOf(name))
    await Promise.all(reloads)
    integrator.behaviour = (_context, argument) => argument
    expect(await invoke(reloaded)).toEqual({ value: '7' })
    expect(reloaded.restarts).toBe(1)
  })

  it.each(names)('%s, and the plugin is closed meanwhile', async (name) => {
    const doomed = await make()
    const closings: Promise<void>[] = []
    behave(name, () => closings.push(doomed.close()))
    const [[outcome], queued] = await Promise.all([
      Promise.allSettled([invoke(doomed)]),
      Promise.allSettled([doomed.call('ping')]),
    ])
    await Promise.all(closings)
    if (outcome?.status === 'fulfilled') {
      // The guest may have heard of it, or of the end.
      const disposed = waits && endings[name]?.waits === true
      expect(outcome.value).toMatchObject(disposed ? { code: 'EWS_DISPOSED' } : seenOf(name))
    } else {
      expect(outcome?.reason).toMatchObject({ code: 'EWS_DISPOSED' })
    }
    expect(queued).toMatchObject([{ status: 'rejected', reason: { code: 'EWS_DISPOSED' } }])
    await expect(doomed.call('ping')).rejects.toMatchObject({ code: 'EWS_DISPOSED' })
    expect(doomed.open).toEqual({ sockets: 0, requests: 0, calls: 0 })
    expect([doomed.restarts, doomed.isActive()]).toEqual([0, false])
  })
})
