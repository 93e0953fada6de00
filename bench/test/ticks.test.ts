import { inflateRawSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { look, seenTicks } from '../src/look.js'
import { tickFrames, ticks } from '../src/ticks.js'

const size = 1024

describe('ticks', () => {
  it('are of the size that is asked for, the same in each run, and not all alike', () => {
    const texts = Array.from({ length: 64 }, (_, number) => ticks(size, number))
    expect(texts.every(({ length }) => length === size)).toBe(true)
    expect(new Set(texts).size).toBe(64)
    expect(ticks(size, 3)).toBe(texts[3])
    expect(texts.reduce((sum, text) => sum + look(text), 0)).toBe(seenTicks(64))
  })

  it('compress as text does, each by itself', () => {
    for (const [number, frame] of tickFrames(size).entries()) {
      expect(frame[0]).toBe(0xc1)
      const header = frame[1] === 126 ? 4 : 2
      const payload = frame.subarray(header)
      expect(payload.length).toBeGreaterThan(size / 5)
      expect(payload.length).toBeLessThan(size / 2)
      const options = { finishFlush: constants.Z_SYNC_FLUSH }
      expect(String(inflateRawSync(payload, options))).toBe(ticks(size, number))
    }
  })
})
