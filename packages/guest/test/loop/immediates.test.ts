import { describe, expect, test } from 'vitest'

import { Loop } from '../../src/loop/index.js'
import { FakePlatform } from '../fake-platform.js'

/** A loop whose tasks write down that they ran. */
function setUp() {
  const platform = new FakePlatform()
  const loop = new Loop(platform)
  const ran: string[] = []
  const immediate = (name: string, then: () => void = () => {}): number => {
    const id = loop.timers.newId()
    const run = (): void => {
      ran.push(name)
      then()
    }
    loop.immediates.start(id, run, [])
    return id
  }
  const timeout = (name: string, delay: number, then: () => void = () => {}): number =>
    loop.timers.start(
      () => {
        ran.push(name)
        then()
      },
      delay,
      [],
      platform.now(),
      false,
    )
  return { platform, loop, ran, immediate, timeout }
}

describe('an immediate', () => {
  test('wants a dispatch now, in which it runs', () => {
    const { loop, ran, immediate } = setUp()
    immediate('a')
    expect(loop.deadline()).toBe(0)
    expect(ran).toEqual([])
    loop.dispatch()
    expect(ran).toEqual(['a'])
    expect(loop.deadline()).toBe(Infinity)
  })

  test('gets its arguments', () => {
    const { loop, ran } = setUp()
    loop.immediates.start(loop.timers.newId(), (...args) => ran.push(args.join()), ['x', 1])
    loop.dispatch()
    expect(ran).toEqual(['x,1'])
  })

  test('runs before timers, those that are due already too', () => {
    const { loop, ran, immediate, timeout } = setUp()
    timeout('timer', 0)
    immediate('immediate')
    loop.dispatch()
    expect(ran).toEqual(['immediate', 'timer'])
  })

  test('that an immediate starts waits for the next turn', () => {
    const { loop, ran, immediate } = setUp()
    immediate('a', () => immediate('of a'))
    immediate('b')
    loop.dispatch()
    expect(ran).toEqual(['a', 'b'])
    expect(loop.deadline()).toBe(0)
    loop.dispatch()
    expect(ran).toEqual(['a', 'b', 'of a'])
  })

  test('that a timer starts runs before the timers of the next turn', () => {
    const { loop, ran, immediate, timeout } = setUp()
    timeout('timer', 0, () => {
      timeout('of the timer', 0)
      immediate('immediate')
    })
    loop.dispatch()
    loop.dispatch()
    expect(ran).toEqual(['timer', 'immediate', 'of the timer'])
  })

  test('can be stopped, by another one as well', () => {
    const { loop, ran, immediate } = setUp()
    loop.immediates.stop(immediate('stopped'))
    const ids: number[] = []
    immediate('a', () => loop.immediates.stop(ids[0]))
    ids.push(immediate('stopped as well'))
    loop.immediates.stop('nonsense')
    loop.dispatch()
    expect(ran).toEqual(['a'])
    expect(loop.deadline()).toBe(Infinity)
  })

  test('has an id that no timer has', () => {
    const { loop, ran, immediate, timeout } = setUp()
    const [one, two] = [immediate('immediate'), timeout('timer', 0)]
    expect(one).not.toBe(two)
    loop.timers.stop(one)
    loop.immediates.stop(two)
    loop.dispatch()
    expect(ran).toEqual(['immediate', 'timer'])
  })

  test('that throws is reported, and the others run', () => {
    const { platform, loop, ran, immediate } = setUp()
    immediate('bad', () => {
      throw new Error('on purpose')
    })
    immediate('good')
    loop.dispatch()
    expect(ran).toEqual(['bad', 'good'])
    expect(platform.reports()).toEqual(['Uncaught Error: on purpose'])
  })

  test('that a cut-off left over runs in the next dispatch', () => {
    const { platform, loop, ran, immediate } = setUp()
    immediate('slow', () => {
      platform.overTime = true
    })
    immediate('next')
    loop.dispatch()
    expect(ran).toEqual(['slow'])
    platform.overTime = false
    loop.dispatch()
    expect(ran).toEqual(['slow', 'next'])
  })
})
