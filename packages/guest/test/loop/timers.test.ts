import { describe, expect, test, vi } from 'vitest'

import { Timers } from '../../src/loop/index.js'
import { add, turn } from './turn.js'

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
