import { describe, expect, test } from 'vitest'

import { Loop, type EventSource, type PluginExport } from '../../src/loop/index.js'
import { FakePlatform } from '../fake-platform.js'

/**
 * A promise that calls its handlers at once: the entry of an unattached plugin does not return
 * before the call has settled, and Node runs no promise jobs meanwhile. The loop takes it as it is,
 * since `Promise.resolve` returns promises unchanged.
 */
class Immediate {
  readonly promise: Promise<unknown> = new Promise(() => {})
  resolve: (value: unknown) => void = () => {}
  reject: (reason: unknown) => void = () => {}

  constructor() {
    const then: Promise<unknown>['then'] = (onResolve, onReject) => {
      this.resolve = (value) => void onResolve?.(value)
      this.reject = (reason) => void onReject?.(reason)
      return this.promise as never
    }
    // oxlint-disable-next-line unicorn/no-thenable -- it is a promise, with a `then` of its own
    Object.defineProperty(this.promise, 'then', { value: then })
  }
}

function setUp(exports: Record<string, PluginExport>): { loop: Loop; platform: FakePlatform } {
  const platform = new FakePlatform()
  platform.attached = false
  const loop = new Loop(platform)
  loop.define(exports)
  return { loop, platform }
}

function after(loop: Loop, platform: FakePlatform, delay: number, callback: () => unknown): number {
  return loop.timers.start(callback, delay, [], platform.now(), false)
}

/** A source that runs `onPoll` when it is polled, and expects events until told otherwise. */
class Source implements EventSource {
  open = true
  readonly polls: number[] = []
  readonly #onPoll: (poll: number) => void

  constructor(onPoll: (poll: number) => void) {
    this.#onPoll = onPoll
  }

  poll(timeoutMs: number): void {
    this.polls.push(timeoutMs)
    this.#onPoll(this.polls.length)
  }
  expecting(): boolean {
    return this.open
  }
  undelivered(): boolean {
    return false
  }
}

describe('in a host that did not attach itself', () => {
  test('an async export sleeps from timer to timer until its promise has settled', () => {
    const done = new Immediate()
    const ran: number[] = []
    const { loop, platform } = setUp({
      run: () => {
        after(loop, platform, 300, () => done.resolve('late'))
        after(loop, platform, 100, () => ran.push(platform.clock))
        return done.promise
      },
    })
    platform.clock = 1000
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['late'])
    expect(ran).toEqual([1100])
    expect(platform.sleeps).toEqual([100, 200])
    expect(loop.pending()).toBe(0)
  })

  test('its input can be read at any time', () => {
    const done = new Immediate()
    const { loop, platform } = setUp({
      run: (call) => {
        after(loop, platform, 10, () => done.resolve(call.inputText()))
        return done.promise
      },
    })
    platform.entryInput = 'hello'
    loop.call(0)
    expect(platform.outputs).toEqual(['hello'])
  })

  test('it fails with readable text when its promise rejects', () => {
    const done = new Immediate()
    const { loop, platform } = setUp({
      run: () => {
        after(loop, platform, 10, () => done.reject(new RangeError('too far')))
        return done.promise
      },
    })
    expect(loop.call(0)).toBe(1)
    expect(platform.failures).toEqual([expect.stringMatching(/^RangeError: too far\n/)])
  })

  test('it fails at once when nothing can settle its promise any more', () => {
    const { loop, platform } = setUp({ run: () => new Promise(() => {}) })
    expect(loop.call(0)).toBe(1)
    expect(platform.failures[0]).toContain(
      'the promise of export "run" can never settle: no timer is set and no socket is open',
    )
    expect(() => loop.currentCall()).toThrow('no call is running')
  })

  test('it fails once the last timer has run without settling it', () => {
    const { loop, platform } = setUp({
      run: () => {
        after(loop, platform, 10, () => {})
        return new Promise(() => {})
      },
    })
    expect(loop.call(0)).toBe(1)
    expect(platform.sleeps).toEqual([10])
    expect(platform.failures[0]).toContain('can never settle')
  })

  test('the next call works after one that could not settle', () => {
    const { loop, platform } = setUp({ a: () => new Promise(() => {}), b: () => 'fine' })
    loop.call(0)
    expect(loop.call(1)).toBe(0)
    expect(platform.outputs).toEqual(['fine'])
  })

  test('a timer that throws is reported, and the wait goes on', () => {
    const done = new Immediate()
    const { loop, platform } = setUp({
      run: () => {
        after(loop, platform, 10, () => {
          throw new Error('boom')
        })
        after(loop, platform, 20, () => done.resolve('fine'))
        return done.promise
      },
    })
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['fine'])
    expect(platform.reports()).toEqual(['Uncaught Error: boom'])
  })

  test('with a socket open it waits in the poll, no longer than until the next timer', () => {
    const done = new Immediate()
    const { loop, platform } = setUp({
      run: () => {
        after(loop, platform, 50, () => {})
        return done.promise
      },
    })
    const source = new Source((poll) => {
      if (poll === 1) platform.clock += 50
      if (poll === 2) done.resolve('from an event')
    })
    loop.listen(source)
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['from an event'])
    // Without a timer, as long as the ABI's timeout can be.
    expect(source.polls).toEqual([50, 2 ** 31 - 1])
    expect(platform.sleeps).toEqual([])
  })

  test('it fails when the last socket is gone and nothing else can settle its promise', () => {
    const { loop, platform } = setUp({ run: () => new Promise(() => {}) })
    const source = new Source(() => {
      source.open = false
    })
    loop.listen(source)
    expect(loop.call(0)).toBe(1)
    expect(platform.failures[0]).toContain('can never settle')
  })

  test('events that cannot be fetched fail the call that waits for them', () => {
    const { loop, platform } = setUp({ run: () => new Promise(() => {}) })
    loop.listen(
      new Source(() => {
        throw new Error('the inbox is broken')
      }),
    )
    expect(loop.call(0)).toBe(1)
    expect(platform.failures[0]).toContain('the inbox is broken')
    expect(platform.logs).toEqual([])
  })
})
