import type { Signature } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { adapterBody } from '../../src/link/adapter.js'
import { signatureLetters } from '../../src/link/cell.js'

const all: Signature = {
  params: [
    ['a', 'i32'],
    ['b', 'i64'],
    ['c', 'f32'],
    ['d', 'f64'],
  ],
  result: undefined,
}

describe('the body of an adapter', () => {
  test('loads every argument from its cell, whatever its type, and calls', () => {
    expect([...adapterBody(all, 5)]).toEqual([
      ...[0x00], // no locals
      ...[0x20, 0x00, 0x28, 0x02, 0x00], // i32.load offset=0
      ...[0x20, 0x00, 0x29, 0x03, 0x08], // i64.load offset=8
      ...[0x20, 0x00, 0x2a, 0x02, 0x10], // f32.load offset=16
      ...[0x20, 0x00, 0x2b, 0x03, 0x18], // f64.load offset=24
      ...[0x10, 0x05, 0x0b], // call 5, end
    ])
  })

  test.each([
    ['i32', [0x36, 0x02, 0x00]],
    ['i64', [0x37, 0x03, 0x00]],
    ['f32', [0x38, 0x02, 0x00]],
    ['f64', [0x39, 0x03, 0x00]],
  ] as const)('stores a result of type %s in the first cell', (result, store) => {
    expect([...adapterBody({ params: [], result }, 3)]).toEqual([
      ...[0x00, 0x20, 0x00, 0x10, 0x03], // the address waits under the result
      ...store,
      0x0b,
    ])
  })

  test('reaches functions and cells whose numbers take more than one byte', () => {
    const params = Array.from({ length: 17 }, (_, i) => [`p${i}`, 'i32'] as const)
    const body = [...adapterBody({ params, result: undefined }, 300)]
    // i32.load offset=128, call 300, end
    expect(body.slice(-8)).toEqual([0x28, 0x02, 0x80, 0x01, 0x10, 0xac, 0x02, 0x0b])
  })
})

describe('a signature in letters', () => {
  test('has one per parameter and one for the result', () => {
    expect(signatureLetters({ ...all, result: 'i64' })).toBe('ijfdj')
  })

  test('ends in v when there is no result', () => {
    expect(signatureLetters({ params: [], result: undefined })).toBe('v')
  })
})
