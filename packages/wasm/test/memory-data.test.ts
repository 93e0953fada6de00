import { expect, test } from 'vitest'
import { memoryData } from '../src/edit/memory-data.js'

test('each run becomes an active segment at its address', () => {
  const memory = new Uint8Array(65536)
  memory.set([1, 2, 3], 100)
  memory.set([4], 70 + 100)
  expect(memoryData(memory)).toEqual([
    {
      mode: { kind: 'active', memory: 0, offset: Uint8Array.of(0x41, 0xe4, 0x00, 0x0b) },
      bytes: Uint8Array.of(1, 2, 3),
    },
    {
      mode: { kind: 'active', memory: 0, offset: Uint8Array.of(0x41, 0xaa, 0x01, 0x0b) },
      bytes: Uint8Array.of(4),
    },
  ])
})

test('the bytes are copies: the memory may change or move afterwards', () => {
  const memory = Uint8Array.of(1, 2, 3, 4)
  const [segment] = memoryData(memory)
  memory.fill(9)
  expect(segment?.bytes).toEqual(Uint8Array.of(1, 2, 3, 4))
})

test('segments are joined until there are few enough', () => {
  const memory = new Uint8Array(4096).map((_, at) => (at % 32 === 0 ? 1 : 0))
  expect(memoryData(memory)).toHaveLength(128)
  const few = memoryData(memory, 100)
  expect(few).toHaveLength(1)
  expect(few[0]?.bytes).toEqual(memory.subarray(0, 4096 - 31))
})

test('a memory without content has no segments', () => {
  expect(memoryData(new Uint8Array(65536))).toEqual([])
})
