import { describe, expect, test } from 'vitest'

import { Loop, type PluginCall, type PluginExport } from '../../src/loop/index.js'
import { FakePlatform, jobs } from '../fake-platform.js'

/** A loop with exports whose promises the test settles, in the order in which they were called. */
class Plugin {
  readonly platform = new FakePlatform()
  readonly loop = new Loop(this.platform)
  readonly calls: {
    call: PluginCall
    resolve(value: unknown): void
    reject(error: unknown): void
  }[] = []

  constructor(more: Record<string, PluginExport> = {}) {
    this.loop.define({
      a_wait: (call) =>
        new Promise((resolve, reject) => {
          this.calls.push({ call, resolve, reject })
        }),
      ...more,
    })
  }

  /** Calls the export whose promise the test settles. */
  start(input: string): number {
    this.platform.entryInput = input
    expect(this.loop.call(0)).toBe(0)
    return this.loop.pending()
  }
}

describe('an async export', () => {
  test('is pending after its entry, with no output and no error', () => {
    const { loop, platform } = new Plugin({ z: async () => 'late' })
    expect(loop.call(1)).toBe(0)
    expect(loop.pending()).toBe(1)
    expect(platform.outputs).toEqual([])
    expect(platform.failures).toEqual([])
  })

  test('is handed over by the next dispatch once it has settled', async () => {
    const { loop, platform } = new Plugin({ z: async () => ({ high: 3 }) })
    loop.call(1)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: '{"high":3}' }])
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([])
  })

  test('stays pending through dispatches while its promise does', () => {
    const plugin = new Plugin()
    plugin.start('x')
    plugin.loop.dispatch()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([])
  })

  test('is no longer the pending one after another entry', () => {
    const plugin = new Plugin()
    expect(plugin.start('x')).toBe(1)
    plugin.loop.dispatch()
    expect(plugin.loop.pending()).toBe(0)
  })

  test('without a returned value settles without an output', async () => {
    const { loop, platform } = new Plugin({ z: async () => {} })
    loop.call(1)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: undefined }])
  })

  test('that returns nothing but empty text has an output', async () => {
    const { loop, platform } = new Plugin({ z: async () => '' })
    loop.call(1)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: '' }])
  })

  test('that rejects fails with what it rejected with', async () => {
    const plugin = new Plugin()
    plugin.start('x')
    plugin.calls[0]?.reject(new RangeError('too far'))
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([
      { id: 1, failure: { code: 'EWS_PLUGIN', name: 'RangeError', message: 'too far' } },
    ])
    expect(plugin.platform.logs).toEqual([])
  })

  test('that resolves with what cannot be an output fails', async () => {
    const plugin = new Plugin()
    plugin.start('x')
    plugin.calls[0]?.resolve(10n)
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([
      { id: 1, failure: expect.objectContaining({ code: 'EWS_PLUGIN', name: 'TypeError' }) },
    ])
  })

  test('sets its output through the call object, which wins over the resolved value', async () => {
    const plugin = new Plugin()
    plugin.start('x')
    plugin.calls[0]?.call.output('set')
    plugin.calls[0]?.resolve('returned')
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([{ id: 1, output: 'set' }])
  })

  test('may return any thenable', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    const object = { then: (done: (value: string) => void) => done('from an object') }
    const callable = Object.assign(() => {}, {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      then: (done: (value: string) => void) => done('from a function'),
    })
    const { loop, platform } = new Plugin({ y: () => object, z: () => callable })
    loop.call(1)
    loop.call(2)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([
      { id: 1, output: 'from an object' },
      { id: 2, output: 'from a function' },
    ])
  })

  test('that throws before its first await fails in its own entry or the next dispatch', async () => {
    const { loop, platform } = new Plugin({
      z: async () => {
        throw new Error('early')
      },
    })
    loop.call(1)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([
      { id: 1, failure: { code: 'EWS_PLUGIN', name: 'Error', message: 'early' } },
    ])
  })
})

describe('several calls in flight', () => {
  test('settle independently, each with its own input and output', async () => {
    const plugin = new Plugin()
    expect([plugin.start('one'), plugin.start('two'), plugin.start('three')]).toEqual([1, 2, 3])
    const [one, two, three] = plugin.calls
    two?.resolve(`<${two.call.inputText()}>`)
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([{ id: 2, output: '<two>' }])

    three?.reject(new Error(three.call.inputText()))
    one?.resolve(`<${one.call.inputText()}>`)
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([
      { id: 3, failure: { code: 'EWS_PLUGIN', name: 'Error', message: 'three' } },
      { id: 1, output: '<one>' },
    ])
  })

  test('each keep the output that was set through their own call object', async () => {
    const plugin = new Plugin()
    plugin.start('one')
    plugin.start('two')
    for (const { call } of plugin.calls) call.output(`for ${call.inputText()}`)
    for (const { resolve } of plugin.calls) resolve('ignored')
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([
      { id: 1, output: 'for one' },
      { id: 2, output: 'for two' },
    ])
  })

  test('may return the same bytes, filled anew for each', async () => {
    const scratch = new Uint8Array(3)
    const gates: (() => void)[] = []
    const { loop, platform } = new Plugin({
      z: async (call) => {
        await new Promise<void>((resolve) => gates.push(resolve))
        scratch.set(call.input())
        return scratch
      },
    })
    for (const input of ['abc', 'xyz']) {
      platform.entryInput = input
      loop.call(1)
    }
    for (const open of gates) {
      open()
      await jobs()
    }
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([
      { id: 1, output: 'abc' },
      { id: 2, output: 'xyz' },
    ])
  })

  test('do not keep a synchronous call from settling in its entry', () => {
    const plugin = new Plugin({ z: (call) => call.inputText() })
    plugin.start('waiting')
    plugin.platform.entryInput = 'quick'
    expect(plugin.loop.call(1)).toBe(0)
    expect(plugin.loop.pending()).toBe(0)
    expect(plugin.platform.outputs).toEqual(['quick'])
  })

  test('that settle during the entry of another are handed over by the next dispatch', async () => {
    const plugin = new Plugin({ z: () => plugin.calls[0]?.resolve('one') })
    plugin.start('one')
    plugin.loop.call(1)
    await jobs()
    expect(plugin.platform.outputs).toEqual([])
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([{ id: 1, output: 'one' }])
  })
})

describe('the current call', () => {
  test('is the only one that is pending', () => {
    const plugin = new Plugin()
    plugin.start('mine')
    plugin.platform.entryInput = 'of a dispatch'
    expect(plugin.loop.currentCall().inputText()).toBe('mine')
  })

  test('takes an output after an await, as Host.output does', async () => {
    const plugin = new Plugin()
    plugin.start('mine')
    plugin.loop.currentCall().output('set late')
    plugin.calls[0]?.resolve(undefined)
    await jobs()
    plugin.loop.dispatch()
    expect(plugin.platform.takeSettled()).toEqual([{ id: 1, output: 'set late' }])
  })

  test('is ambiguous while several are pending', () => {
    const plugin = new Plugin()
    plugin.start('one')
    plugin.start('two')
    expect(() => plugin.loop.currentCall()).toThrow(
      expect.objectContaining({
        code: 'EWS_AMBIGUOUS_CALL',
        message:
          "2 calls are pending (a_wait, a_wait): use the call object, the export's last argument, or return the output",
      }),
    )
  })

  test('is clear again when all but one have settled', async () => {
    const plugin = new Plugin()
    plugin.start('one')
    plugin.start('two')
    plugin.calls[0]?.resolve('done')
    await jobs()
    expect(plugin.loop.currentCall().id).toBe(2)
  })

  test('is the running one while its function is on the stack, whatever is pending', () => {
    const seen: number[] = []
    const plugin = new Plugin({ z: () => void seen.push(plugin.loop.currentCall().id) })
    plugin.start('one')
    plugin.start('two')
    plugin.loop.call(1)
    expect(seen).toEqual([3])
  })

  test('is none when nothing is pending', async () => {
    const plugin = new Plugin()
    plugin.start('one')
    plugin.calls[0]?.resolve('done')
    await jobs()
    expect(() => plugin.loop.currentCall()).toThrow('Host.input and Host.output need one')
  })
})
