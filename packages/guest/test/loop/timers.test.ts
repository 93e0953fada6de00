import { describe, expect, test, vi } from 'vitest'

import { Timers } from '../../src/loop/index.js'

/** Starts a timer that adds its label to `ran`. */
function add(timers: Timers, ran: string[], label: string, delay: unknown, now = 0): number {
  return timers.start(() => ran.push(label), delay, [], now, false)
}

/** One turn of a loop: what was started before it and is due by `now`. */
function turn(timers: Timers, now: number): void {
  const newest = timers.lastOrder
  for (;;) {
    const run = timers.takeDue(now, newest)
    if (run === undefined) return
    run()
  }
}

describe('order', () => {
  test('timers run by due time', () => {
    const timers = new Timers()
    const ran: string[] = []
    add(timers, ran, 'c', 30)
    add(timers, ran, 'a', 10)
    add(timers, ran, 'b', 20)
    turn(timers, 30)
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  test('timers that are due at the same time run in the order of their creation', () => {
    const timers = new Timers()
    const ran: string[] = []
    add(timers, ran, 'first', 10, 0)
    add(timers, ran, 'second', 5, 5)
    add(timers, ran, 'third', 10, 0)
    turn(timers, 10)
    expect(ran).toEqual(['first', 'second', 'third'])
  })

  test('a timer does not run before it is due', () => {
    const timers = new Timers()
    const ran: string[] = []
    add(timers, ran, 'a', 10)
    turn(timers, 9)
    expect(ran).toEqual([])
    turn(timers, 10)
    expect(ran).toEqual(['a'])
  })

  test('a timeout runs once', () => {
    const timers = new Timers()
    const ran: string[] = []
    add(timers, ran, 'a', 10)
    turn(timers, 100)
    turn(timers, 200)
    expect(ran).toEqual(['a'])
    expect(timers.size).toBe(0)
  })

  test('the next due time is that of the earliest timer, and never when there is none', () => {
    const timers = new Timers()
    expect(timers.next()).toBe(Infinity)
    add(timers, [], 'b', 20, 100)
    add(timers, [], 'a', 10, 100)
    expect(timers.next()).toBe(110)
  })

  test('a timer that is started during a turn waits for the next one', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.start(() => add(timers, ran, 'inner', 0), 0, [], 0, false)
    add(timers, ran, 'outer', 0)
    turn(timers, 0)
    expect(ran).toEqual(['outer'])
    turn(timers, 0)
    expect(ran).toEqual(['outer', 'inner'])
  })

  test('10,000 timers run by due time, then by creation', () => {
    const timers = new Timers()
    const started = Array.from({ length: 10_000 }, (_, index) => ({
      index,
      // Scrambled, with many that are equal.
      delay: (index * 7919) % 1009,
    }))
    const ran: number[] = []
    for (const { index, delay } of started) {
      timers.start(() => ran.push(index), delay, [], 0, false)
    }
    expect(timers.size).toBe(10_000)
    turn(timers, 2000)
    const expected = started.toSorted((a, b) => a.delay - b.delay || a.index - b.index)
    expect(ran).toEqual(expected.map(({ index }) => index))
    expect(timers.size).toBe(0)
  })
})

describe('delay', () => {
  test.each([
    ['NaN', Number.NaN],
    ['a missing one', undefined],
    ['text that is no number', 'soon'],
    ['an object', {}],
    ['a negative one', -5],
    ['negative infinity', -Infinity],
    ['infinity', Infinity],
    ['more than HTML can express', 2 ** 31],
    ['a fraction below 1', 0.9],
  ])('%s is no delay', (_, delay) => {
    const timers = new Timers()
    add(timers, [], 'a', delay, 100)
    expect(timers.next()).toBe(100)
  })

  test.each([
    ['a fraction loses what is behind the point', 2.9, 102],
    ['text with a number counts as the number', '25', 125],
    ['the longest that HTML can express is kept', 2 ** 31 - 1, 2 ** 31 + 99],
    ['null is 0', null, 100],
    ['true is 1', true, 101],
  ])('%s', (_, delay, due) => {
    const timers = new Timers()
    add(timers, [], 'a', delay, 100)
    expect(timers.next()).toBe(due)
  })
})

describe('a timer that a timer starts', () => {
  /** Delays after which the links of a chain ran, in a clock that only moves for them. */
  function chain(links: number, delay: number): number[] {
    const timers = new Timers()
    const waits: number[] = []
    let now = 0
    const link = (): void => {
      if (waits.length < links) timers.start(link, delay, [], now, false)
    }
    link()
    while (timers.size > 0) {
      const due = timers.next()
      waits.push(due - now)
      now = due
      timers.takeDue(now, timers.lastOrder)?.()
      timers.done(now)
    }
    return waits
  }

  test('waits for 4 ms when it is nested more than five deep (HTML §8.7)', () => {
    expect(chain(9, 0)).toEqual([0, 0, 0, 0, 0, 0, 4, 4, 4])
    expect(chain(8, 3)).toEqual([3, 3, 3, 3, 3, 3, 4, 4])
    expect(chain(8, 7)).toEqual([7, 7, 7, 7, 7, 7, 7, 7])
  })

  test('is nested only if it starts before the task is over', () => {
    const timers = new Timers()
    for (let i = 0; i < 10; i++) {
      add(timers, [], 'a', 0)
      timers.takeDue(0, timers.lastOrder)?.()
      timers.done(0)
    }
    add(timers, [], 'b', 0)
    expect(timers.next()).toBe(0)
  })
})

describe('callback', () => {
  test('gets the arguments that the timer was started with', () => {
    const timers = new Timers()
    const callback = vi.fn()
    timers.start(callback, 0, ['a', 1, null], 0, false)
    turn(timers, 0)
    expect(callback.mock.calls).toEqual([['a', 1, null]])
  })

  test('runs with the global object as `this`', () => {
    const timers = new Timers()
    const seen: unknown[] = []
    timers.start(
      function (this: unknown) {
        seen.push(this)
      },
      0,
      [],
      0,
      false,
    )
    turn(timers, 0)
    expect(seen).toEqual([globalThis])
  })

  test('its error leaves the other timers as they are', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.start(
      () => {
        throw new Error('boom')
      },
      0,
      [],
      0,
      false,
    )
    add(timers, ran, 'next', 0)
    expect(() => turn(timers, 0)).toThrow('boom')
    turn(timers, 0)
    expect(ran).toEqual(['next'])
  })
})

describe('interval', () => {
  test('runs again one interval later', () => {
    const timers = new Timers()
    const ran: number[] = []
    let now = 0
    timers.start(() => ran.push(now), 10, [], 0, true)
    for (now = 1; now <= 30; now++) turn(timers, now)
    expect(ran).toEqual([10, 20, 30])
    expect(timers.size).toBe(1)
  })

  test('runs once, not many times, after a long pause', () => {
    const timers = new Timers()
    const callback = vi.fn()
    timers.start(callback, 10, [], 0, true)
    turn(timers, 1000)
    expect(callback).toHaveBeenCalledTimes(1)
    expect(timers.next()).toBe(1010)
  })

  test('of 0 runs once a turn, and waits for 4 ms from the seventh run on', () => {
    const timers = new Timers()
    const ran: number[] = []
    let now = 0
    timers.start(() => ran.push(now), 0, [], 0, true)
    for (let i = 0; i < 6; i++) turn(timers, now)
    expect(ran).toEqual([0, 0, 0, 0, 0, 0])
    for (now = 1; now <= 8; now++) turn(timers, now)
    expect(ran.slice(6)).toEqual([4, 8])
  })

  test('starts anew when its task is over, behind the timers that the task started', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.start(
      () => {
        ran.push('interval')
        if (ran.length === 1) add(timers, ran, 'of the first run', 10, 10)
      },
      10,
      [],
      0,
      true,
    )
    timers.takeDue(10, timers.lastOrder)?.()
    // The task took 3 ms.
    timers.done(13)
    expect(timers.next()).toBe(20)
    turn(timers, 22)
    expect(ran).toEqual(['interval', 'of the first run'])
    turn(timers, 23)
    expect(ran).toEqual(['interval', 'of the first run', 'interval'])
  })

  test('whose task was cut off starts anew all the same', () => {
    const timers = new Timers()
    const callback = vi.fn()
    timers.start(callback, 10, [], 0, true)
    timers.takeDue(10, timers.lastOrder)?.()
    turn(timers, 15)
    expect(timers.next()).toBe(25)
    expect(timers.size).toBe(1)
  })

  test('waits behind a timer that became due meanwhile', () => {
    const timers = new Timers()
    const ran: string[] = []
    timers.start(() => ran.push('interval'), 10, [], 0, true)
    add(timers, ran, 'timeout', 20)
    turn(timers, 10)
    turn(timers, 20)
    expect(ran).toEqual(['interval', 'timeout', 'interval'])
  })
})

describe('stopping', () => {
  test('a stopped timer does not run, and its time is not waited for', () => {
    const timers = new Timers()
    const ran: string[] = []
    const id = add(timers, ran, 'a', 10)
    add(timers, ran, 'b', 20)
    timers.stop(id)
    expect(timers.next()).toBe(20)
    turn(timers, 20)
    expect(ran).toEqual(['b'])
  })

  test('a callback may stop a timer that is due in the same turn', () => {
    const timers = new Timers()
    const ran: string[] = []
    const ids: number[] = []
    timers.start(() => timers.stop(ids[0]), 0, [], 0, false)
    ids.push(add(timers, ran, 'stopped', 0))
    add(timers, ran, 'other', 0)
    turn(timers, 0)
    expect(ran).toEqual(['other'])
  })

  test('an interval may stop itself', () => {
    const timers = new Timers()
    const ran: number[] = []
    const id = timers.start(
      () => {
        ran.push(ran.length)
        if (ran.length === 2) timers.stop(id)
      },
      5,
      [],
      0,
      true,
    )
    for (let now = 0; now < 50; now++) turn(timers, now)
    expect(ran).toEqual([0, 1])
    expect(timers.next()).toBe(Infinity)
  })

  test('a timeout may stop itself, to no effect', () => {
    const timers = new Timers()
    const ran: string[] = []
    const id = timers.start(() => timers.stop(id), 0, [], 0, false)
    add(timers, ran, 'other', 0)
    turn(timers, 0)
    expect(ran).toEqual(['other'])
  })

  test.each([[0], [-1], [99], [undefined], [null], ['x'], [Number.NaN], [{}]])(
    'an id that is unknown is ignored: %j',
    (id) => {
      const timers = new Timers()
      add(timers, [], 'a', 0)
      timers.stop(id)
      expect(timers.size).toBe(1)
    },
  )

  test('an id may come as text, as in HTML', () => {
    const timers = new Timers()
    timers.stop(String(add(timers, [], 'a', 0)))
    expect(timers.size).toBe(0)
  })

  test('ids are positive and never used again', () => {
    const timers = new Timers()
    const first = add(timers, [], 'a', 0)
    timers.stop(first)
    const second = add(timers, [], 'b', 0)
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(first)
  })

  test('what is left of many stopped timers still runs in order', () => {
    const timers = new Timers()
    const ran: string[] = []
    const ids = Array.from({ length: 2000 }, (_, index) =>
      add(timers, ran, String(index), (index * 7919) % 997),
    )
    const kept = ids.filter((_, index) => index % 100 === 0)
    for (const id of ids) if (!kept.includes(id)) timers.stop(id)
    expect(timers.size).toBe(20)
    turn(timers, 1000)
    const indices = kept.map((_, at) => at * 100)
    const expected = indices.toSorted((a, b) => ((a * 7919) % 997) - ((b * 7919) % 997) || a - b)
    expect(ran).toEqual(expected.map(String))
  })

  test('starting and stopping for ever leaves nothing behind', () => {
    const timers = new Timers()
    const ran: string[] = []
    for (let i = 0; i < 5000; i++) timers.stop(add(timers, ran, 'stopped', 1000))
    expect(timers.size).toBe(0)
    expect(timers.next()).toBe(Infinity)
    turn(timers, 2000)
    expect(ran).toEqual([])
  })
})

describe('shift', () => {
  test('moves every timer by the same time', () => {
    const timers = new Timers()
    const ran: string[] = []
    add(timers, ran, 'b', 20)
    add(timers, ran, 'a', 10)
    timers.shift(500)
    expect(timers.next()).toBe(510)
    turn(timers, 510)
    expect(ran).toEqual(['a'])
    turn(timers, 520)
    expect(ran).toEqual(['a', 'b'])
  })

  test('leaves intervals as long as they were', () => {
    const timers = new Timers()
    timers.start(() => {}, 10, [], 0, true)
    timers.shift(500)
    turn(timers, 510)
    expect(timers.next()).toBe(520)
  })
})
