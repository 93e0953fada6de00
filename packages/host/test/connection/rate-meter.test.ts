import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { RateMeter } from '../../src/connection/rate-meter.js'

const limit = 10
const windowMs = 100

interface Step {
  readonly waitMs: number
  readonly amount: number
}

describe('a bound on a rate', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  const waitMs = fc.oneof(fc.constant(0), fc.nat({ max: 2 * windowMs }))
  const steps = fc.array(fc.record<Step>({ waitMs, amount: fc.nat({ max: 15 }) }), {
    maxLength: 60,
  })

  it('begins anew when the time is over', () => {
    const meter = new RateMeter(limit, windowMs)
    expect([meter.exceeds(limit), meter.exceeds(1)]).toEqual([false, true])
    vi.advanceTimersByTime(windowMs)
    expect([meter.exceeds(limit), meter.exceeds(1)]).toEqual([false, true])
  })

  it('refuses only what is more than there may be within the time', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const meter = new RateMeter(limit, windowMs)
        const seen: { at: number; amount: number }[] = []
        for (const { waitMs: wait, amount } of plan) {
          vi.advanceTimersByTime(wait)
          const at = performance.now()
          seen.push({ at, amount })
          const within = seen.filter((each) => at - each.at < windowMs)
          const sum = within.reduce((all, each) => all + each.amount, 0)
          if (meter.exceeds(amount)) expect(sum).toBeGreaterThan(limit)
        }
      }),
    )
  })

  it('lets no more through within the time than twice as much', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const meter = new RateMeter(limit, windowMs)
        const passed: { at: number; amount: number }[] = []
        for (const { waitMs: wait, amount } of plan) {
          vi.advanceTimersByTime(wait)
          const at = performance.now()
          if (!meter.exceeds(amount)) passed.push({ at, amount })
          const within = passed.filter((each) => at - each.at < windowMs)
          const sum = within.reduce((all, each) => all + each.amount, 0)
          expect(sum).toBeLessThanOrEqual(2 * limit)
        }
      }),
    )
  })
})
