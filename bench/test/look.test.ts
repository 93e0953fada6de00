import { describe, expect, it } from 'vitest'

import { look, seen } from '../src/look.js'

describe('look', () => {
  it('sees the same in text and in bytes', () => {
    expect(look('x'.repeat(100))).toBe(seen(1, 100))
    expect(look(Buffer.alloc(100, 'x'))).toBe(seen(1, 100))
  })

  it('sees the one byte that is wrong', () => {
    const bytes = Buffer.alloc(100, 'x')
    bytes[99] = 0
    expect(look(bytes)).not.toBe(seen(1, 100))
    expect(look(String(bytes))).not.toBe(seen(1, 100))
  })

  it('sees a length that is another', () => {
    expect(look('x'.repeat(99))).not.toBe(seen(1, 100))
    expect(look(Buffer.alloc(101, 'x'))).not.toBe(seen(1, 100))
  })
})
