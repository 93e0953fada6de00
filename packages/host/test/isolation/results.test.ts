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
