import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Watchdog } from '../../src/worker/watchdog.js'

describe('the watchdog', () => {
  let bites = 0
  let dog: Watchdog

  beforeEach(() => {
    vi.useFakeTimers()
    bites = 0
    dog = new Watchdog(() => bites++)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('bites once, when the time is over', () => {
    dog.start(100)
    vi.advanceTimersByTime(99)
    expect(bites).toBe(0)
    vi.advanceTimersByTime(1)
    expect(bites).toBe(1)
    vi.advanceTimersByTime(10_000)
    expect(bites).toBe(1)
  })

  it('does not count the time in which the plugin waits', () => {
    dog.start(100)
    vi.advanceTimersByTime(60)
    dog.pause()
    vi.advanceTimersByTime(100_000)
    dog.resume()
    vi.advanceTimersByTime(30)
    dog.pause()
    vi.advanceTimersByTime(100_000)
    dog.resume()
    vi.advanceTimersByTime(9)
    expect(bites).toBe(0)
    vi.advanceTimersByTime(1)
    expect(bites).toBe(1)
  })

  it('counts a pause within a pause once', () => {
    dog.start(100)
    vi.advanceTimersByTime(60)
    dog.pause()
    vi.advanceTimersByTime(60)
    dog.pause()
    dog.resume()
    vi.advanceTimersByTime(39)
    expect(bites).toBe(0)
    vi.advanceTimersByTime(1)
    expect(bites).toBe(1)
  })

  it('is quiet once stopped, with no timer left', () => {
    dog.start(100)
    dog.stop()
    dog.pause()
    expect(vi.getTimerCount()).toBe(0)
    dog.start(100)
    dog.pause()
    dog.stop()
    vi.advanceTimersByTime(10_000)
    expect(bites).toBe(0)
  })

  it('starts afresh for each entry', () => {
    dog.start(100)
    vi.advanceTimersByTime(90)
    dog.stop()
    dog.start(100)
    vi.advanceTimersByTime(90)
    expect(bites).toBe(0)
    vi.advanceTimersByTime(10)
    expect(bites).toBe(1)
  })

  it('waits for longer than a timer of Node can', () => {
    dog.start(2 ** 40)
    vi.advanceTimersByTime(2 ** 31 - 2)
    expect(bites).toBe(0)
  })
})
