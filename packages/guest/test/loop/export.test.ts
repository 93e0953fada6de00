import { describe, expect, test } from 'vitest'

import { Loop, type ExportSignature, type PluginExport } from '../../src/loop/index.js'
import { FakePlatform, jobs } from '../fake-platform.js'

/** A loop with one export that an interface file gives a signature. */
function plugin(
  run: (...args: never[]) => unknown,
  signature: ExportSignature,
): { loop: Loop; platform: FakePlatform } {
  const platform = new FakePlatform()
  const loop = new Loop(platform)
  loop.define({ run: run as unknown as PluginExport }, { run: signature })
  return { loop, platform }
}

const exitCode: ExportSignature = { params: '', result: 'i' }

describe('an export that an interface file declares as () -> I32', () => {
  test('returns its number as the exit code, not as the output', () => {
    const { loop, platform } = plugin(() => -3, exitCode)
    expect(loop.call(0)).toBe(-3)
    expect(platform.outputs).toEqual([])
  })

  test.each([undefined, true, false])('returns 0 for %s, and has no output', (value) => {
    const { loop, platform } = plugin(() => value, exitCode)
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual([])
  })

  test('has what it set as output beside the exit code', () => {
    const { loop, platform } = plugin((call: { output(text: string): void }) => {
      call.output('done')
      return 0
    }, exitCode)
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['done'])
  })

  test('may return its output all the same, when that is no number', () => {
    const { loop, platform } = plugin(() => ({ a: 1 }), exitCode)
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['{"a":1}'])
  })

  test('settles later without an output when its promise resolves with a number', async () => {
    const { loop, platform } = plugin(async () => 7, exitCode)
    expect(loop.call(0)).toBe(0)
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: undefined }])
  })

  test('returns 1 when it throws', () => {
    const { loop, platform } = plugin(() => {
      throw new Error('no')
    }, exitCode)
    expect(loop.call(0)).toBe(1)
    expect(platform.failure().message).toBe('no')
    expect(platform.results).toEqual([])
  })
})

describe('an export with parameters', () => {
  test('gets these and not the call, and returns its number as the result', () => {
    const { loop, platform } = plugin(
      (...args: number[]) => args.reduce((sum, value) => sum + value, 0),
      { params: 'iii', result: 'd' },
    )
    platform.wasmArguments = [1, 2, 3]
    expect(loop.call(0)).toBe(0)
    expect(platform.results.at(-1)).toEqual(['d', 6])
    expect(platform.outputs).toEqual([])
  })

  test('has the result 0 when it returns nothing, and -1 when it throws', () => {
    const nothing = plugin(() => {}, { params: 'j', result: 'j' })
    nothing.platform.wasmArguments = [5n]
    nothing.loop.call(0)
    expect(nothing.platform.results).toEqual([['j', 0]])
    const failing = plugin(
      () => {
        throw new Error('no')
      },
      { params: 'j', result: 'j' },
    )
    failing.platform.wasmArguments = [5n]
    failing.loop.call(0)
    expect(failing.platform.results.at(-1)).toEqual(['j', -1])
    expect(failing.platform.failure().message).toBe('no')
  })

  test('needs no result', () => {
    const { loop, platform } = plugin(() => 9, { params: 'i', result: 'v' })
    platform.wasmArguments = [1]
    expect(loop.call(0)).toBe(0)
    expect(platform.results).toEqual([])
    expect(platform.outputs).toEqual([])
  })
})

describe('an export that the guest library hooks', () => {
  test('gets what that makes of its call', () => {
    const platform = new FakePlatform()
    const loop = new Loop(platform)
    loop.hook('onRestart', (author) => (call) => {
      const onRestart = author as unknown as (restart: { number: number }) => unknown
      return onRestart({ number: call.id })
    })
    loop.hook('missing', () => {
      throw new Error('there is no such export')
    })
    const run = (given: { number?: number; id?: number }): unknown => given.number ?? given.id
    loop.define({ onRestart: run as unknown as PluginExport, other: run as PluginExport })
    loop.call(0)
    loop.call(1)
    expect(platform.outputs).toEqual(['1', '2'])
  })

  test('gets its call in a plugin without sockets', () => {
    const platform = new FakePlatform()
    const loop = new Loop(platform)
    loop.define({ onRestart: (call) => call.id })
    loop.call(0)
    expect(platform.outputs).toEqual(['1'])
  })
})
