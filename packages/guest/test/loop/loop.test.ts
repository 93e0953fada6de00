import { describe, expect, test } from 'vitest'

import { Loop, type PluginExport } from '../../src/loop/index.js'
import { FakePlatform, jobs } from '../fake-platform.js'

function setUp(exports: Record<string, PluginExport> = {}): { loop: Loop; platform: FakePlatform } {
  const platform = new FakePlatform()
  const loop = new Loop(platform)
  loop.define(exports)
  return { loop, platform }
}

function after(loop: Loop, platform: FakePlatform, delay: number, callback: () => unknown): number {
  return loop.timers.start(callback, delay, [], platform.now(), false)
}

describe('define', () => {
  test('exports have the order of their names, whatever the order in the module', () => {
    const loop = new Loop(new FakePlatform())
    expect(loop.define({ run: () => 1, Apply: () => 2, _x: () => 3 })).toEqual([
      'Apply',
      '_x',
      'run',
    ])
  })

  test('a call runs the export with that index', () => {
    const { loop, platform } = setUp({ b: () => 'from b', a: () => 'from a' })
    loop.call(1)
    loop.call(0)
    expect(platform.outputs).toEqual(['from b', 'from a'])
  })

  test('an index without an export fails', () => {
    const { loop, platform } = setUp({ run: () => 1 })
    expect(loop.call(7)).toBe(1)
    expect(platform.failure().message).toBe('no export 7')
  })
})

describe('a synchronous export', () => {
  test('settles in its entry: the returned value is the output', () => {
    const { loop, platform } = setUp({ run: (call) => call.inputText().toUpperCase() })
    platform.entryInput = 'hello'
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['HELLO'])
    expect(loop.pending()).toBe(0)
    expect(loop.deadline()).toBe(Infinity)
  })

  test('without a returned value has no output', () => {
    const { loop, platform } = setUp({ run: () => {} })
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual([])
  })

  test('returns anything JSON can carry', () => {
    const { loop, platform } = setUp({ run: () => ({ high: 3 }) })
    loop.call(0)
    expect(platform.outputs).toEqual(['{"high":3}'])
  })

  test('sets its output through the call object, which wins over the returned value', () => {
    const { loop, platform } = setUp({
      run: (call) => {
        call.output('set')
        return 'returned'
      },
    })
    loop.call(0)
    expect(platform.outputs).toEqual(['set'])
  })

  test('that set its output may return what JSON cannot carry', () => {
    const { loop, platform } = setUp({
      run: (call) => {
        call.output('set')
        return 10n
      },
    })
    expect(loop.call(0)).toBe(0)
    expect(platform.outputs).toEqual(['set'])
  })

  test('fails when its returned value cannot be an output', () => {
    const { loop, platform } = setUp({ run: () => 10n })
    expect(loop.call(0)).toBe(1)
    expect(platform.failure()).toMatchObject({ code: 'EWS_PLUGIN', name: 'TypeError' })
    expect(platform.outputs).toEqual([])
  })

  test('is the current call while it runs, and not after', () => {
    const seen: string[] = []
    const { loop } = setUp({ run: () => seen.push(loop.currentCall().name) })
    loop.call(0)
    expect(seen).toEqual(['run'])
    expect(() => loop.currentCall()).toThrow('no call is running')
  })

  test('is not the current call after it has thrown', () => {
    const { loop } = setUp({
      run: () => {
        throw new Error('boom')
      },
    })
    loop.call(0)
    expect(() => loop.currentCall()).toThrow('no call is running')
  })

  test('calls are numbered from 1', () => {
    const { loop, platform } = setUp({ run: (call) => call.id })
    loop.call(0)
    loop.call(0)
    expect(platform.outputs).toEqual(['1', '2'])
  })
})

describe('an export that throws', () => {
  test('fails with the error as JSON in a host that attached itself', () => {
    const { loop, platform } = setUp({
      run: () => {
        throw new RangeError('too far')
      },
    })
    expect(loop.call(0)).toBe(1)
    expect(platform.failure()).toEqual({
      code: 'EWS_PLUGIN',
      name: 'RangeError',
      message: 'too far',
    })
    expect(platform.failures[0]).toContain('"stack":"')
    expect(loop.pending()).toBe(0)
  })

  test('fails with readable text in a plain host', () => {
    const { loop, platform } = setUp({
      run: () => {
        throw new RangeError('too far')
      },
    })
    platform.attached = false
    expect(loop.call(0)).toBe(1)
    expect(platform.failures).toEqual([expect.stringMatching(/^RangeError: too far\n/)])
  })

  test('does not keep the next call from working', () => {
    const { loop, platform } = setUp({
      a: () => {
        throw new Error('boom')
      },
      b: () => 'fine',
    })
    expect(loop.call(0)).toBe(1)
    expect(loop.call(1)).toBe(0)
    expect(platform.outputs).toEqual(['fine'])
  })

  test('has no output, even if it had set one', () => {
    const { loop, platform } = setUp({
      run: (call) => {
        call.output('half')
        throw new Error('boom')
      },
    })
    loop.call(0)
    expect(platform.outputs).toEqual([])
    expect(platform.failures).toHaveLength(1)
  })
})

describe('timers', () => {
  test('run in a dispatch, in order, when they are due', () => {
    const { loop, platform } = setUp()
    const ran: string[] = []
    loop.dispatch()
    after(loop, platform, 20, () => ran.push('b'))
    after(loop, platform, 10, () => ran.push('a'))
    platform.clock = 10
    expect(loop.dispatch()).toBe(0)
    expect(ran).toEqual(['a'])
    platform.clock = 25
    loop.dispatch()
    expect(ran).toEqual(['a', 'b'])
  })

  test('do not run in a call', () => {
    const { loop, platform } = setUp({ run: () => 'out' })
    const ran: string[] = []
    after(loop, platform, 0, () => ran.push('a'))
    loop.call(0)
    expect(ran).toEqual([])
    expect(loop.deadline()).toBe(0)
  })

  test('that are set at build time count from the first entry', () => {
    const { loop, platform } = setUp({ run: () => {} })
    const ran: string[] = []
    after(loop, platform, 100, () => ran.push('a'))
    platform.clock = 5000
    loop.call(0)
    expect(loop.deadline()).toBe(100)
    platform.clock = 5099
    loop.dispatch()
    expect(ran).toEqual([])
    platform.clock = 5100
    loop.dispatch()
    expect(ran).toEqual(['a'])
  })

  test('that are set in the first entry are not moved again', () => {
    const { loop, platform } = setUp({ run: () => void after(loop, platform, 100, () => {}) })
    platform.clock = 5000
    loop.call(0)
    expect(loop.deadline()).toBe(100)
    loop.dispatch()
    expect(loop.deadline()).toBe(100)
  })

  test('that throw are reported and do not stop the others', () => {
    const { loop, platform } = setUp()
    const ran: string[] = []
    after(loop, platform, 0, () => {
      throw new TypeError('boom')
    })
    after(loop, platform, 0, () => ran.push('next'))
    expect(loop.dispatch()).toBe(0)
    expect(ran).toEqual(['next'])
    expect(platform.reports()).toEqual(['Uncaught TypeError: boom'])
    expect(platform.logs[0]?.level).toBe(4)
  })

  test('wait for the next dispatch when the entry is over its time', () => {
    const { loop, platform } = setUp()
    const ran: string[] = []
    after(loop, platform, 0, () => {
      ran.push('long')
      platform.overTime = true
    })
    after(loop, platform, 0, () => ran.push('next'))
    loop.dispatch()
    expect(ran).toEqual(['long'])
    platform.overTime = false
    loop.dispatch()
    expect(ran).toEqual(['long', 'next'])
  })
})

describe('deadline', () => {
  test('is never for a plugin that waits for nothing', () => {
    expect(setUp().loop.deadline()).toBe(Infinity)
  })

  test('is the time until the next timer, and not below 0', () => {
    const { loop, platform } = setUp()
    loop.dispatch()
    after(loop, platform, 50, () => {})
    expect(loop.deadline()).toBe(50)
    platform.clock = 20
    expect(loop.deadline()).toBe(30)
    platform.clock = 70
    expect(loop.deadline()).toBe(0)
  })

  test('is at once when an entry was cut off with work left', () => {
    const { loop, platform } = setUp()
    platform.overTime = true
    expect(loop.deadline()).toBe(0)
  })

  test('is at once when events were fetched and not delivered', () => {
    const { loop } = setUp()
    let left = true
    loop.listen({ poll: () => {}, expecting: () => true, undelivered: () => left })
    expect(loop.deadline()).toBe(0)
    left = false
    expect(loop.deadline()).toBe(Infinity)
  })

  test('is at once when a call has settled that is not handed over', async () => {
    let finish: (value: string) => void = () => {}
    const promise = new Promise<string>((resolve) => (finish = resolve))
    const { loop } = setUp({ a: () => promise, b: () => finish('done') })
    loop.call(0)
    loop.call(1)
    await jobs()
    expect(loop.deadline()).toBe(0)
    loop.dispatch()
    expect(loop.deadline()).toBe(Infinity)
  })
})

describe('events', () => {
  test('are polled for in a dispatch, without waiting', () => {
    const { loop } = setUp()
    const timeouts: number[] = []
    loop.listen({
      poll: (timeout) => timeouts.push(timeout),
      expecting: () => true,
      undelivered: () => false,
    })
    loop.dispatch()
    expect(timeouts).toEqual([0])
  })

  test('come before the timers that are due', () => {
    const { loop, platform } = setUp()
    const ran: string[] = []
    after(loop, platform, 0, () => ran.push('timer'))
    loop.listen({
      poll: () => ran.push('event'),
      expecting: () => true,
      undelivered: () => false,
    })
    loop.dispatch()
    expect(ran).toEqual(['event', 'timer'])
  })

  test('that cannot be fetched are reported, and timers go on', () => {
    const { loop, platform } = setUp()
    const ran: string[] = []
    after(loop, platform, 0, () => ran.push('timer'))
    loop.listen({
      poll: () => {
        throw new Error('the inbox is broken')
      },
      expecting: () => true,
      undelivered: () => false,
    })
    expect(loop.dispatch()).toBe(0)
    expect(ran).toEqual(['timer'])
    expect(platform.reports()).toEqual(['Uncaught Error: the inbox is broken'])
  })
})

describe('an unhandled rejection', () => {
  test('is reported once, after the call that left it', () => {
    const { loop, platform } = setUp({
      run: () => loop.rejections.track({}, new Error('lost'), false),
    })
    loop.call(0)
    expect(platform.reports()).toEqual(['Uncaught Error: lost'])
    loop.dispatch()
    loop.call(0)
    expect(platform.reports()).toEqual(['Uncaught Error: lost', 'Uncaught Error: lost'])
  })

  test('is reported after the dispatch that left it', () => {
    const { loop, platform } = setUp()
    after(loop, platform, 0, () => loop.rejections.track({}, 'just text', false))
    loop.dispatch()
    expect(platform.reports()).toEqual(['Uncaught Error: just text'])
  })

  test('is none when a handler came in time', () => {
    const promise = {}
    const { loop, platform } = setUp({
      run: () => {
        loop.rejections.track(promise, 'x', false)
        loop.rejections.track(promise, 'x', true)
      },
    })
    loop.call(0)
    expect(platform.logs).toEqual([])
  })
})
