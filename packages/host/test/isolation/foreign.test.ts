import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import type { Plugin } from '../../src/index.js'
import { functionsModule } from './foreign-functions.js'
import { create, Integrator, pause, ways } from './hosted.js'

// It cannot throw what a host function failed with: its call fails as soon as the module returns.
describe.each(ways)("an integrator's function that a foreign module calls: $title", (way) => {
  const { hosting, waits } = way
  const integrator = new Integrator()
  let plugin: Plugin

  beforeAll(async () => {
    plugin = await create(hosting, integrator, { functionTimeoutMs: 50 }, functionsModule())
  })
  afterEach(async () => {
    integrator.behaviour = (_context, argument) => argument
    expect(await plugin.call('to_i32')).toBeNull()
    expect(await plugin.call('ping')).toBeNull()
    expect(plugin.restarts).toBe(0)
  })
  afterAll(() => plugin.close())

  it.each(['to_i32', 'to_i64'])('fails the call when %s throws', async (name) => {
    integrator.behaviour = () => {
      throw new Error('no such row')
    }
    for (let round = 0; round < 3; round++) {
      const call = plugin.call(name)
      await expect(call).rejects.toMatchObject({ code: 'EWS_HOST_FUNCTION' })
      await expect(call).rejects.toThrow(`host function "${name}" failed: no such row`)
    }
  })

  it('fails no call but the one that it was called in', async () => {
    integrator.behaviour = () => {
      throw new Error('once')
    }
    const calls = [plugin.call('ping'), plugin.call('to_i32'), plugin.call('ping')]
    const statuses = (await Promise.allSettled(calls)).map(({ status }) => status)
    expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it.runIf(waits)('fails the call when its promise rejects, or never settles', async () => {
    integrator.behaviour = async () => {
      await pause(1)
      throw 'just text'
    }
    await expect(plugin.call('to_i64')).rejects.toMatchObject({
      code: 'EWS_HOST_FUNCTION',
      message: 'host function "to_i64" failed: just text',
    })
    integrator.behaviour = () => new Promise(() => {})
    await expect(plugin.call('to_i32')).rejects.toMatchObject({ code: 'EWS_TIMEOUT' })
  })

  it.runIf(!waits)('fails the call when it is asynchronous', async () => {
    integrator.behaviour = async () => 1
    await expect(plugin.call('to_i32')).rejects.toMatchObject({ code: 'EWS_WOULD_BLOCK' })
  })
})
