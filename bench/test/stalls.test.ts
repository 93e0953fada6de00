import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Stalls } from '../src/sides/stalls.js'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))

afterEach(() => void vi.useRealTimers())

function work(stalls: Stalls, milliseconds: number): void {
  stalls.start()
  vi.advanceTimersByTime(milliseconds)
  stalls.end()
}

describe('Stalls', () => {
  it('counts what took half a second, and its time', () => {
    const stalls = new Stalls()
    for (const took of [1, 500, 100, 502]) work(stalls, took)
    expect(stalls.take()).toEqual({ count: 2, milliseconds: 1002 })
  })

  it('leaves out the time in which the host is at work', () => {
    const stalls = new Stalls()
    work(stalls, 1)
    vi.advanceTimersByTime(10_000)
    work(stalls, 1)
    expect(stalls.take()).toEqual({ count: 0, milliseconds: 0 })
  })

  it('begins anew when they have been taken', () => {
    const stalls = new Stalls()
    work(stalls, 500)
    stalls.take()
    expect(stalls.take()).toEqual({ count: 0, milliseconds: 0 })
  })
})
