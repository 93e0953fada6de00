import { describe, expect, it } from 'vitest'

import { defaultRestart, RestartBudget } from '../../src/guest/restart-budget.js'

describe('the budget of restarts', () => {
  it('is spent after so many within the time', () => {
    const budget = new RestartBudget({ times: 3, withinMs: 100 })
    expect([0, 10, 20, 30, 99].map((now) => budget.spend(now))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('has room again as soon as the oldest is long enough ago', () => {
    const budget = new RestartBudget({ times: 2, withinMs: 100 })
    expect([0, 50, 100, 101, 150].map((now) => budget.spend(now))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
  })

  it('does not count what it refuses', () => {
    const budget = new RestartBudget({ times: 1, withinMs: 100 })
    expect(budget.spend(0)).toBe(true)
    for (let now = 1; now < 100; now++) expect(budget.spend(now)).toBe(false)
    expect(budget.spend(100)).toBe(true)
  })

  it('allows the default number at once, and no more', () => {
    const budget = new RestartBudget(defaultRestart)
    const spent = Array.from({ length: 10 }, () => budget.spend())
    expect(spent.filter(Boolean)).toHaveLength(defaultRestart.times)
    expect(String(budget)).toBe('5 restarts within 60000 ms')
  })
})
