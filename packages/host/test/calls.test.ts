import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin } from '../src/index.js'
import { buildFile } from './build.js'
import { sdks, type SdkVersion } from './sdk.js'

describe.each(Object.keys(sdks) as SdkVersion[])('calls on SDK %s', (version) => {
  let plugin: Plugin

  beforeAll(async () => {
    plugin = await createPlugin(await buildFile('calls'), { extism: sdks[version] })
  })
  afterAll(() => plugin.close())

  it('answers with what an async export returned', async () => {
    expect((await plugin.call('returned'))?.json()).toEqual({ answer: 42 })
    expect((await plugin.call('returnedText'))?.text()).toBe('plain text')
    expect((await plugin.call('returnedBytes'))?.bytes()).toEqual(new Uint8Array([0, 255, 128]))
    expect(await plugin.call('returnedNothing')).toBeNull()
  })

  it('refuses a returned value that nothing can carry', async () => {
    await expect(plugin.call('returnedUncarried')).rejects.toThrow(
      /"returnedUncarried" returned a value that cannot be its output/,
    )
  })

  it('prefers an output that was set over the returned value', async () => {
    expect((await plugin.call('outputWins'))?.text()).toBe('by Host.output')
  })

  it('captures the input when the export is entered', async () => {
    expect((await plugin.call('lateInput', 'kept'))?.text()).toBe('kept')
    const all = Array.from({ length: 10 }, (_, i) => plugin.call('lateInput', `input ${i}`))
    const texts = (await Promise.all(all)).map((output) => output?.text())
    expect(texts).toEqual(Array.from({ length: 10 }, (_, i) => `input ${i}`))
  })

  it('lets Host.input and Host.output mean the only call that is pending', async () => {
    expect((await plugin.call('echoAfterAwait', 'one'))?.text()).toBe('one')
    expect((await plugin.call('outputAfterAwait', 'two'))?.text()).toBe('two')
  })

  it.each(['echoAfterAwait', 'outputAfterAwait'])(
    'refuses %s with EWS_AMBIGUOUS_CALL while another call is pending',
    async (name) => {
      const other = plugin.call('slow', '50')
      const failure = plugin.call(name, 'which?')
      await expect(failure).rejects.toMatchObject({ code: 'EWS_AMBIGUOUS_CALL' })
      await expect(failure).rejects.toThrow(/2 calls are pending \(slow, \w+\).*call object/)
      expect((await other)?.text()).toBe('slept 50')
    },
  )

  it('tells calls apart by the call object', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((input) => plugin.call('outputByCall', input)),
    )
    expect(answers.map((answer) => answer?.text().replace(/ \(.*/, ''))).toEqual([
      'a = a',
      'b = b',
      'c = c',
    ])
  })

  it('runs a sync export while async ones are pending', async () => {
    const slow = plugin.call('slow', '30')
    expect((await plugin.call('sync', 'between'))?.text()).toBe('sync between')
    expect((await slow)?.text()).toBe('slept 30')
  })

  it('settles a call when its own promise settles, whatever was called first', async () => {
    const settled: string[] = []
    await Promise.all(
      ['1500', '300', '900'].map(async (delay) => {
        settled.push((await plugin.call('slow', delay))?.text() ?? '')
      }),
    )
    // Far apart: on a busy machine one call may begin later than another.
    expect(settled).toEqual(['slept 300', 'slept 900', 'slept 1500'])
  })

  it('passes exactly the bytes of a view', async () => {
    const pooled = Buffer.from([1, 2, 3, 4]).subarray(1, 3)
    expect((await plugin.call('bytes', pooled))?.bytes()).toEqual(new Uint8Array([2, 3]))
    const whole = new Uint8Array([9, 8, 7])
    const output = await plugin.call('bytes', whole)
    output?.bytes().fill(0)
    expect(whole).toEqual(new Uint8Array([9, 8, 7]))
    expect((await plugin.call('bytes', ''))?.bytes()).toEqual(new Uint8Array(0))
  })

  it('answers like the SDK about itself', async () => {
    expect(await plugin.functionExists('sync')).toBe(true)
    expect(await plugin.functionExists('nope')).toBe(false)
    expect((await plugin.getExports()).map(({ name }) => name)).toContain('returned')
    expect((await plugin.getImports()).some(({ module }) => module === 'extism:host/user')).toBe(
      false,
    )
    expect((await plugin.getInstance()).exports['sync']).toBeTypeOf('function')
    expect(plugin.isActive()).toBe(false)
    expect(await plugin.reset()).toBe(true)
  })

  it('runs a thousand calls at the same time', async () => {
    const calls = Array.from({ length: 1000 }, (_, i) => plugin.call('lateInput', String(i)))
    const texts = (await Promise.all(calls)).map((output) => output?.text())
    expect(texts).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)))
    expect(plugin.open.calls).toBe(0)
  })
})
