import { describe, expect, test } from 'vitest'
import { errorNumbers, errorTable } from '../src/index.js'

const entries = Object.entries(errorTable)
const crossing = Object.entries(errorNumbers).filter(([, errno]) => errno !== 0)

test('codes are EWS_ and upper case', () => {
  for (const [code] of entries) expect(code).toMatch(/^EWS_[A-Z]+(_[A-Z]+)*$/)
})

describe('numbers', () => {
  test('are unique among the errors that cross the boundary as one', () => {
    const numbers = crossing.map(([, errno]) => errno)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('are negative i32, since 0 and above is success', () => {
    for (const [, errno] of crossing) {
      expect(errno).toBeLessThan(0)
      expect(errno).toBe(errno | 0)
    }
  })

  test('never change: plugins in the field know them', () => {
    expect(Object.fromEntries(crossing.map(([code, errno]) => [errno, code]))).toEqual({
      [-1]: 'EWS_DENIED',
      [-2]: 'EWS_BAD_URL',
      [-3]: 'EWS_CONNECT',
      [-4]: 'EWS_TIMEOUT',
      [-5]: 'EWS_TLS',
      [-6]: 'EWS_LIMIT',
      [-7]: 'EWS_CLOSED',
      [-8]: 'EWS_BAD_SOCKET',
      [-9]: 'EWS_BAD_REQUEST',
      [-10]: 'EWS_WOULD_BLOCK',
      [-11]: 'EWS_TOO_SMALL',
      [-12]: 'EWS_UNSUPPORTED',
      [-13]: 'EWS_HANDSHAKE',
      [-14]: 'EWS_INTERNAL',
      [-15]: 'EWS_PROTOCOL',
    })
  })
})

test.each(entries)(
  '%s says what happened and what to do, as phrases',
  (_code, { meaning, remedy }) => {
    for (const text of [meaning, remedy]) {
      expect(text.length).toBeGreaterThan(10)
      expect(text).not.toMatch(/[.\s]$/)
      expect(text).not.toContain('\n')
    }
  },
)
