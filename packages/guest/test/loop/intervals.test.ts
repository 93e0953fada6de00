import { describe, expect, test, vi } from 'vitest'

import { Timers } from '../../src/loop/index.js'
import { add, turn } from './turn.js'

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
