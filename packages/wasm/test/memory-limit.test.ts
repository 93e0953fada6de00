import { describe, expect, test } from 'vitest'
import { limitMemory } from '../src/index.js'
import { binary, name } from './binary.js'
import { sample } from './sample.js'

const memory = (...limits: number[]) => binary([5, [0x01, ...limits]])
const imported = (...limits: number[]) =>
  binary([2, [0x01, ...name('env'), ...name('memory'), 0x02, ...limits]])

describe.each([
  ['a memory that the module defines', memory],
  ['a memory that the module imports', imported],
])('%s', (_, module) => {
  test('without a maximum gets one', () => {
    expect(limitMemory(module(0x00, 0x02), 300)).toEqual(module(0x01, 0x02, 0xac, 0x02))
  })

  test('with a larger maximum gets the smaller one', () => {
    expect(limitMemory(module(0x01, 0x02, 0x80, 0x80, 0x04), 256)).toEqual(
      module(0x01, 0x02, 0x80, 0x02),
    )
  })

  test('with a smaller or equal maximum stays as it is', () => {
    const smaller = module(0x01, 0x02, 0x10)
    expect(limitMemory(smaller, 256)).toBe(smaller)
    expect(limitMemory(smaller, 16)).toBe(smaller)
  })

  test('that needs more from the start is refused, in MiB and pages', () => {
    expect(() => limitMemory(module(0x00, 0x80, 0x20), 256)).toThrow(
      'a memory needs at least 256 MiB (4096 pages), but 16 MiB (256 pages) are allowed',
    )
  })

  test('that needs exactly the limit is accepted', () => {
    expect(limitMemory(module(0x00, 0x05), 5)).toEqual(module(0x01, 0x05, 0x05))
  })

  test('that is shared stays shared', () => {
    expect(limitMemory(module(0x03, 0x01, 0x80, 0x80, 0x04), 8)).toEqual(module(0x03, 0x01, 0x08))
  })

  test('with 64-bit addresses is limited too', () => {
    expect(limitMemory(module(0x04, 0x01), 8)).toEqual(module(0x05, 0x01, 0x08))
    const huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
    expect(limitMemory(module(0x05, 0x01, ...huge), 8)).toEqual(module(0x05, 0x01, 0x08))
    expect(() => limitMemory(module(0x04, ...huge), 8)).toThrow('(281474976710656 pages)')
  })

  test('gets no maximum beyond what 32-bit addresses allow', () => {
    const limited = limitMemory(module(0x00, 0x01), 2 ** 20)
    expect(limited).toEqual(module(0x01, 0x01, 0x80, 0x80, 0x04))
    expect(WebAssembly.validate(limited)).toBe(true)
  })

  test('of a kind that is not known is refused', () => {
    expect(() => limitMemory(module(0x08, 0x01, 0x00), 8)).toThrow('limits with flags 0x8')
  })
})

test('every memory is limited, and what lies between stays as it is', () => {
  const before = binary(
    [
      2,
      [
        ...[0x04],
        ...[...name('a'), ...name('m'), 0x02, 0x00, 0x01],
        ...[...name('a'), ...name('g'), 0x03, 0x7f, 0x00],
        ...[...name('a'), ...name('n'), 0x02, 0x01, 0x01, 0x02],
        ...[...name('a'), ...name('o'), 0x02, 0x00, 0x81, 0x00],
      ],
    ],
    [5, [0x02, 0x00, 0x03, 0x01, 0x01, 0x04]],
    [99, [0xff]],
  )
  const after = binary(
    [
      2,
      [
        ...[0x04],
        ...[...name('a'), ...name('m'), 0x02, 0x01, 0x01, 0x08],
        ...[...name('a'), ...name('g'), 0x03, 0x7f, 0x00],
        ...[...name('a'), ...name('n'), 0x02, 0x01, 0x01, 0x02],
        ...[...name('a'), ...name('o'), 0x02, 0x01, 0x01, 0x08],
      ],
    ],
    [5, [0x02, 0x01, 0x03, 0x08, 0x01, 0x01, 0x04]],
    [99, [0xff]],
  )
  expect(limitMemory(before, 8)).toEqual(after)
})

test('a module without memory stays as it is', () => {
  const none = binary([1, [0x00]])
  expect(limitMemory(none, 8)).toBe(none)
})

test('the engine enforces the limit', () => {
  const exported = [7, [0x01, ...name('memory'), 0x02, 0x00]] as const
  const limited = limitMemory(binary([5, [0x01, 0x00, 0x01]], exported), 3)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(limited))
  const grown = exports['memory'] as WebAssembly.Memory
  expect(grown.grow(2)).toBe(1)
  expect(() => grown.grow(1)).toThrow(RangeError)
})

test('unknown instructions do not matter', () => {
  const body = [0x04, 0x00, 0xff, 0xfe, 0x0b]
  const module = (...limits: number[]) =>
    binary([1, [0x01, 0x4f]], [5, [0x01, ...limits]], [10, [0x01, ...body]])
  expect(limitMemory(module(0x00, 0x01), 2)).toEqual(module(0x01, 0x01, 0x02))
})

test('a limit that is not whole pages is refused', () => {
  for (const pages of [-1, 1.5, NaN, Infinity]) {
    expect(() => limitMemory(sample, pages)).toThrow(RangeError)
  }
})
