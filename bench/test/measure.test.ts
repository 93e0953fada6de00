import { describe, expect, it } from 'vitest'

import { measure } from '../src/measure.js'
import type { Row, Setting } from '../src/row.js'

const setting: Setting = {
  origin: 'ws://127.0.0.1:1',
  effort: 1,
  client: () => Promise.reject(new Error('not asked for')),
}
const silent = (): void => {}

/** A row whose sides answer numbers that are known, and that keeps a diary. */
function fakeRow(answers: Record<string, number[]>, warmUps = 0): { row: Row; diary: string[] } {
  const diary: string[] = []
  const sides = Object.entries(answers).map(([name, values]) => ({
    name,
    run: async () => {
      diary.push(name)
      return [values.shift() ?? 0]
    },
  }))
  const row: Row = {
    name: 'fake',
    metrics: [{ name: 'number', unit: '1', better: 'less' }],
    warmUps,
    open: async () => ({
      sides,
      [Symbol.asyncDispose]: async () => void diary.push('closed'),
    }),
  }
  return { row, diary }
}

describe('measure', () => {
  it('runs the sides in turn, and another one first in each round', async () => {
    const { row, diary } = fakeRow({ a: [], b: [] })
    await measure(row, 3, setting, silent)
    expect(diary).toEqual(['a', 'b', 'b', 'a', 'a', 'b', 'closed'])
  })

  it('does not count what warms up', async () => {
    const { row } = fakeRow({ a: [100, 1, 2, 3] }, 1)
    const { metrics, rounds } = await measure(row, 3, setting, silent)
    expect(rounds).toBe(3)
    expect(metrics[0]?.sides[0]).toEqual({ side: 'a', median: 2, min: 1, max: 3 })
  })

  it('gives each side but the first its ratio to the first', async () => {
    const { row } = fakeRow({ a: [1, 10, 100], b: [2, 30, 200] })
    const { metrics } = await measure(row, 3, setting, silent)
    const [baseline, other] = metrics[0]?.sides ?? []
    expect(baseline).not.toHaveProperty('ratio')
    expect(other?.ratio).toEqual({ median: 2, min: 2, max: 3 })
  })

  it('gives a row its share of the rounds, and at least one', async () => {
    const { row } = fakeRow({ a: [] })
    expect((await measure({ ...row, share: 0.5 }, 6, setting, silent)).rounds).toBe(3)
    expect((await measure({ ...row, share: 0.1 }, 2, setting, silent)).rounds).toBe(1)
  })

  it('runs the sides of an exact row once, and compares them to none', async () => {
    const { row } = fakeRow({ a: [1], b: [2] })
    const { metrics, rounds } = await measure({ ...row, exact: true }, 6, setting, silent)
    expect(rounds).toBe(1)
    expect(metrics[0]?.sides).toEqual([
      { side: 'a', median: 1, min: 1, max: 1 },
      { side: 'b', median: 2, min: 2, max: 2 },
    ])
  })

  it('gives no ratio of an absolute metric', async () => {
    const { row } = fakeRow({ a: [1], b: [2] })
    const metrics = row.metrics.map((metric) => ({ ...metric, absolute: true }))
    const result = await measure({ ...row, metrics }, 1, setting, silent)
    expect(result.metrics[0]?.sides[1]).toEqual({ side: 'b', median: 2, min: 2, max: 2 })
  })

  it('closes the row when a side fails', async () => {
    const { row, diary } = fakeRow({ a: [] })
    const failing: Row = {
      ...row,
      open: async (to) => ({
        ...(await row.open(to)),
        sides: [{ name: 'a', run: () => Promise.reject(new Error('broken')) }],
      }),
    }
    await expect(measure(failing, 1, setting, silent)).rejects.toThrow('broken')
    expect(diary).toEqual(['closed'])
  })
})
