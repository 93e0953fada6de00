import { describe, expect, test } from 'vitest'

import { Timers } from '../../src/loop/index.js'
import { add, turn } from './turn.js'

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
