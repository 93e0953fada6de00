import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Waiting } from '../../src/session/waiting.js'

describe('waiting for events', () => {
  let waiting: Waiting
  const over: string[] = []
  const wait = (name: string, socket: number | undefined, timeoutMs: number): void => {
    void waiting.wait(socket, timeoutMs).then(() => over.push(name))
  }
  /** Timers run, and promises settle. */
  const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

  beforeEach(() => {
    vi.useFakeTimers()
    waiting = new Waiting()
    over.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is over for whoever waits for that socket, and for whoever waits for any', async () => {
    wait('one', 1, -1)
    wait('two', 2, -1)
    wait('any', undefined, -1)
    waiting.wake(1)
    await pass(0)
    expect(over).toEqual(['one', 'any'])
    expect([waiting.has(1), waiting.has(2)]).toEqual([false, true])
  })

  it('is over when its time is, and not before', async () => {
    wait('short', 1, 10)
    wait('long', 1, 2 ** 31 - 1)
    await pass(9)
    expect(over).toEqual([])
    await pass(1)
    expect(over).toEqual(['short'])
    expect(waiting.has(1)).toBe(true)
    await pass(2 ** 31)
    expect(over).toEqual(['short', 'long'])
    expect(waiting.has(1)).toBe(false)
  })

  it('goes on without a limit, and without a timer', async () => {
    wait('for ever', 1, -1)
    expect(vi.getTimerCount()).toBe(0)
    await pass(2 ** 31)
    expect(over).toEqual([])
    waiting.wakeAll()
    await pass(0)
    expect(over).toEqual(['for ever'])
  })

  it('leaves no timer behind when an event comes', async () => {
    wait('one', 1, 60_000)
    waiting.wake(1)
    await pass(0)
    expect(over).toEqual(['one'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not keep what nobody waited for', async () => {
    waiting.wake(1)
    wait('later', 1, -1)
    await pass(1000)
    expect(over).toEqual([])
  })

  it('is over for all at the end, in the order in which they began', async () => {
    for (const name of ['a', 'b', 'c']) wait(name, undefined, 1000)
    waiting.wakeAll()
    await pass(0)
    expect(over).toEqual(['a', 'b', 'c'])
  })
})
