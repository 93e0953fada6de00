import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import type { Plugin } from '../../src/index.js'
import { create, expectAlive, Integrator, invoke, ways } from './hosted.js'

describe.each(ways)("what an integrator's function returns: $title", ({ hosting, waits }) => {
  const integrator = new Integrator()
  let plugin: Plugin

  beforeAll(async () => {
    plugin = await create(hosting, integrator, { functionTimeoutMs: 50 })
  })
  afterEach(() => expectAlive(plugin, integrator))
  afterAll(() => plugin.close())

  it.each([
    ['to_i32', 7, '7'],
    ['to_i32', -1, '-1'],
    ['to_i32', 2 ** 32 + 5, '5'],
    ['to_i32', 1.9, '1'],
    ['to_i32', Number.NaN, '0'],
    ['to_i32', undefined, '0'],
    ['to_i64', 2n ** 63n, String(-(2n ** 63n))],
    ['to_i64', -1n, '-1'],
    ['to_f64', 0.5, '0.5'],
    ['to_f64', Infinity, 'Infinity'],
    ['to_void', undefined, 'undefined'],
    ['to_void', 7n, 'undefined'],
    ['to_void', 'text', 'undefined'],
  ])('%s: %s is %s for the plugin', async (name, result, value) => {
    integrator.behaviour = () => result
    expect(await invoke(plugin, name)).toEqual({ value })
    integrator.behaviour = async () => result
    if (waits) expect(await invoke(plugin, name)).toEqual({ value })
  })

  it.each([
    ['to_i32', 7n],
    ['to_i32', Symbol('odd')],
    ['to_f64', 7n],
    ['to_i64', 7],
    ['to_i64', undefined],
    ['to_i64', 'text'],
    ['to_i64', {}],
  ])('%s: %s is an exception in the plugin', async (name, result) => {
    integrator.behaviour = () => result
    expect(await invoke(plugin, name)).toMatchObject({ code: 'EWS_HOST_FUNCTION' })
    integrator.behaviour = async () => result
    if (waits) expect(await invoke(plugin, name)).toMatchObject({ code: 'EWS_HOST_FUNCTION' })
  })

  // Hosts that stall do so within a few of them: Extism's own worker for half a second at a time.
  const thousands = async (answer: (argument: number) => unknown): Promise<void> => {
    const count = 5000
    integrator.behaviour = (_context, argument) => answer(argument)
    for (const name of ['to_i32', 'to_f64']) {
      const sum = (await plugin.call('many', `${name} ${count}`))?.text()
      expect(sum).toBe(String((count * (count - 1)) / 2))
    }
  }

  it('thousands of calls within one call of the plugin have theirs', () =>
    thousands((argument) => argument))

  it.runIf(waits)('thousands of calls that are waited for have theirs', () =>
    thousands(async (argument) => argument),
  )

  it('a block that it made is one that the plugin can read', async () => {
    integrator.behaviour = (context) => context.store('of the host')
    expect(await invoke(plugin, 'to_block')).toEqual({ value: 'of the host' })
  })

  it('a block of the plugin that it wrote into is changed', async () => {
    integrator.behaviour = (context, block) => {
      // The plugin passed the offset of a block.
      const offset = block as unknown as bigint
      context.read(offset)?.bytes().set(new TextEncoder().encode('OF'))
      return offset
    }
    expect(await invoke(plugin, 'to_block')).toEqual({ value: 'OF the guest' })
  })
})
