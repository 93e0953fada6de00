import { describe, expect, test } from 'vitest'

import { Loop, type PluginExport } from '../../src/loop/index.js'
import { FakePlatform, jobs } from '../fake-platform.js'

const timeout = {
  code: 'EWS_TIMEOUT',
  name: 'EwsError',
  message: 'the plugin did not return within its time limit: do less work between two awaits',
}

/** What QuickJS ends an entry with; no `catch` of the plugin's sees it. */
function interruption(): Error {
  return Object.assign(new Error('interrupted'), { name: 'InternalError' })
}

class CutOff extends Error {}

function setUp(exports: Record<string, PluginExport> = {}): { loop: Loop; platform: FakePlatform } {
  const platform = new FakePlatform()
  const loop = new Loop(platform)
  loop.define({ a_wait: () => new Promise(() => {}), ...exports })
  return { loop, platform }
}

/** Plays an entry that is cut off as soon as it hands over its output. */
function cutOffAtOutput(platform: FakePlatform, entry: () => unknown): void {
  platform.onOutput = () => {
    throw new CutOff()
  }
  expect(entry).toThrow(CutOff)
  platform.onOutput = () => {}
}

/**
 * Plays a call that is cut off. A real interrupt passes every `catch`, so it strikes here where the
 * loop has none: when jobs are run at the end of the entry. An async export's are run once before.
 */
function cutOffInCall(loop: Loop, platform: FakePlatform, index: number, jobRuns = 1): number {
  let left = jobRuns
  platform.runJobs = () => {
    if (--left === 0) throw new CutOff()
    return 0
  }
  expect(() => loop.call(index)).toThrow(CutOff)
  platform.runJobs = () => 0
  return loop.interrupted(interruption())
}

describe('a call that is cut off', () => {
  test('while its promise is pending fails with a timeout', () => {
    const { loop, platform } = setUp()
    expect(cutOffInCall(loop, platform, 0, 2)).toBe(1)
    expect(platform.failure()).toEqual(timeout)
    expect(loop.pending()).toBe(0)
    expect(() => loop.currentCall()).toThrow('no call is running')
  })

  test('in one of its promise jobs fails with a timeout', () => {
    const { loop, platform } = setUp()
    platform.lostJob = true
    expect(loop.call(0)).toBe(1)
    expect(platform.failure()).toEqual(timeout)
    expect(loop.pending()).toBe(0)
  })

  test('in a plain host fails with readable text', () => {
    const { loop, platform } = setUp()
    platform.lostJob = true
    platform.attached = false
    expect(loop.call(0)).toBe(1)
    expect(platform.failures).toHaveLength(1)
    expect(platform.failures[0]).not.toContain('{')
  })

  test('after it has settled keeps its output', () => {
    const { loop, platform } = setUp({ z: () => 'done' })
    expect(cutOffInCall(loop, platform, 1)).toBe(0)
    expect(platform.outputs).toEqual(['done'])
    expect(platform.failures).toEqual([])
  })

  test('after it has failed keeps its own error', () => {
    const { loop, platform } = setUp({
      z: () => {
        throw new RangeError('mine')
      },
    })
    expect(cutOffInCall(loop, platform, 1)).toBe(1)
    expect(platform.failure()).toEqual({ code: 'EWS_PLUGIN', name: 'RangeError', message: 'mine' })
  })

  test('does not fail the calls that were pending before', async () => {
    let finish: (value: string) => void = () => {}
    const { loop, platform } = setUp({
      y: () => new Promise<string>((resolve) => (finish = resolve)),
      z: () => 'done',
    })
    loop.call(1)
    cutOffInCall(loop, platform, 2)
    platform.outputs.length = 0
    finish('still here')
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: 'still here' }])
  })

  test('leaves the loop ready for the next one', () => {
    const { loop, platform } = setUp({ z: () => 'done' })
    cutOffInCall(loop, platform, 1)
    expect(loop.call(1)).toBe(0)
    expect(platform.outputs).toEqual(['done', 'done'])
  })
})

describe('a dispatch that is cut off', () => {
  test('is reported and does not fail', () => {
    const { loop, platform } = setUp()
    expect(loop.interrupted(interruption())).toBe(0)
    expect(platform.failures).toEqual([])
    expect(platform.reports()).toEqual([`Uncaught EwsError: ${timeout.message}`])
  })

  test('hands over what had settled before', async () => {
    const { loop, platform } = setUp({ z: async () => 'done' })
    loop.call(1)
    await jobs()
    expect(loop.interrupted(interruption())).toBe(0)
    expect(platform.takeSettled()).toEqual([{ id: 1, output: 'done' }])
  })

  test('leaves pending calls as they are: what they wait for may still come', async () => {
    let finish: (value: string) => void = () => {}
    const { loop, platform } = setUp({
      z: () => new Promise<string>((resolve) => (finish = resolve)),
    })
    loop.call(1)
    loop.interrupted(interruption())
    expect(platform.takeSettled()).toEqual([])
    finish('went on')
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, output: 'went on' }])
  })

  test('by memory that ran out leaves pending calls as they are', () => {
    const { loop, platform } = setUp()
    loop.call(0)
    const error = Object.assign(new Error('out of memory'), { name: 'InternalError' })
    expect(loop.interrupted(error)).toBe(0)
    expect(platform.takeSettled()).toEqual([])
    expect(platform.reports()).toEqual(['Uncaught InternalError: out of memory'])
    expect(loop.currentCall().id).toBe(1)
  })

  test('while it hands over settled calls does not lose them', async () => {
    const { loop, platform } = setUp({ z: async () => 'done' })
    loop.call(1)
    await jobs()
    cutOffAtOutput(platform, () => loop.dispatch())
    loop.interrupted(interruption())
    expect(platform.takeSettled()).toEqual([{ id: 1, output: 'done' }])
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([])
  })
})

describe('a promise job that is cut off', () => {
  test('fails every pending call in the next dispatch', () => {
    const { loop, platform } = setUp()
    loop.call(0)
    loop.call(0)
    platform.lostJob = true
    expect(loop.dispatch()).toBe(0)
    expect(platform.takeSettled()).toEqual([
      { id: 1, failure: timeout },
      { id: 2, failure: timeout },
    ])
    expect(() => loop.currentCall()).toThrow('no call is running')
  })

  test('during another call fails the pending ones, and that one only if it is pending', () => {
    const { loop, platform } = setUp({ z: () => 'done' })
    loop.call(0)
    platform.lostJob = true
    expect(loop.call(1)).toBe(0)
    expect(platform.outputs).toEqual(['done'])
    expect(loop.deadline()).toBe(0)
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, failure: timeout }])
  })

  test('does not fail calls of later entries', () => {
    const { loop, platform } = setUp()
    platform.lostJob = true
    loop.dispatch()
    loop.call(0)
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([])
  })

  test('leaves a call that was given up without a second result', async () => {
    let finish: (value: string) => void = () => {}
    const { loop, platform } = setUp({
      z: () => new Promise<string>((resolve) => (finish = resolve)),
    })
    loop.call(1)
    platform.lostJob = true
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([{ id: 1, failure: timeout }])
    finish('too late')
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([])
    expect(platform.logs).toEqual([])
  })

  test('fails every pending call even if that is cut off in turn', () => {
    const { loop, platform } = setUp()
    for (let i = 0; i < 3; i++) loop.call(0)
    platform.lostJob = true
    const encode = platform.encode.bind(platform)
    let left = 2
    platform.encode = (text) => {
      if (--left === 0) throw new CutOff()
      return encode(text)
    }
    expect(() => loop.dispatch()).toThrow(CutOff)
    loop.interrupted(new Error('whatever cut it off'))
    expect(platform.takeSettled()).toEqual([
      { id: 1, failure: timeout },
      { id: 2, failure: timeout },
      { id: 3, failure: timeout },
    ])
  })

  test('while it records the output of a call leaves that call to fail, not to hang', async () => {
    const { loop, platform } = setUp({ z: async () => 'large' })
    loop.call(1)
    const encode = platform.encode.bind(platform)
    platform.encode = (text) => {
      platform.encode = encode
      if (text === 'large') throw new RangeError('out of memory')
      return encode(text)
    }
    await jobs()
    loop.dispatch()
    expect(platform.takeSettled()).toEqual([
      { id: 1, failure: { code: 'EWS_PLUGIN', name: 'RangeError', message: 'out of memory' } },
    ])
  })
})
