import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nonZeroRuns } from '../src/edit/memory-run.js'

const memory = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)

test('memory of zeros has no runs', () => {
  expect(nonZeroRuns(new Uint8Array(64), 4)).toEqual([])
  expect(nonZeroRuns(new Uint8Array(), 4)).toEqual([])
})

test('zeros at both ends are left out', () => {
  expect(nonZeroRuns(memory(0, 0, 7, 8, 0, 0), 1)).toEqual([{ start: 2, end: 4 }])
})

test('a run may reach from the first byte to the last', () => {
  expect(nonZeroRuns(memory(1, 2, 3), 1)).toEqual([{ start: 0, end: 3 }])
})

test('zeros as long as the gap split, shorter ones do not', () => {
  const bytes = memory(1, 0, 0, 0, 2, 0, 0, 0, 0, 3)
  expect(nonZeroRuns(bytes, 4)).toEqual([
    { start: 0, end: 5 },
    { start: 9, end: 10 },
  ])
  expect(nonZeroRuns(bytes, 5)).toEqual([{ start: 0, end: 10 }])
})

test('a view that is not aligned is read as well', () => {
  const bytes = memory(9, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0).subarray(1)
  expect(nonZeroRuns(bytes, 4)).toEqual([{ start: 8, end: 9 }])
})

test('the runs hold all that is not zero, start and end with it, and keep the distance', () => {
  const bytes = fc
    .uint8Array({ maxLength: 200 })
    .map((all) => all.map((byte) => (byte % 4 ? 0 : byte)))
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 12 }), (all, gap) => {
      const copy = new Uint8Array(all.length)
      let before = -Infinity
      for (const { start, end } of nonZeroRuns(all, gap)) {
        expect(start - before).toBeGreaterThanOrEqual(gap)
        expect([all[start], all[end - 1]]).not.toContain(0)
        copy.set(all.subarray(start, end), start)
        before = end
      }
      expect(copy).toEqual(all)
    }),
  )
})
