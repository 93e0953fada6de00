import { describe, expect, test } from 'vitest'
import { decodeModule, ValueType, WasmError } from '../src/index.js'
import { binary, name } from './binary.js'
import { sample } from './sample.js'

const { i32, f64, funcref, externref } = ValueType

test('an empty module decodes to nothing', () => {
  expect(decodeModule(binary())).toEqual({
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    dataCount: false,
    code: [],
    data: [],
    customs: [],
  })
})

describe('a module of core spec 2.0', () => {
  const module = decodeModule(sample)

  test('gives types, imports and functions', () => {
    expect(module.types).toEqual([
      { params: [], results: [] },
      { params: [i32], results: [i32] },
      { params: [], results: [i32, i32] },
    ])
    expect(module.imports).toEqual([
      { module: 'm', name: 'triple', kind: 'function', type: 1 },
      { module: 'm', name: 'base', kind: 'global', global: { type: i32, mutable: false } },
    ])
    expect(module.functions).toEqual([0, 1, 1, 0])
    expect(module.code[0]).toEqual(
      Uint8Array.of(0x00, 0x23, 0x01, 0x41, 0x01, 0x6a, 0x24, 0x01, 0x0b),
    )
    expect(module.start).toBe(1)
  })

  test('gives tables, memories and globals', () => {
    expect(module.tables).toEqual([
      { type: funcref, limits: { min: 8, max: undefined } },
      { type: externref, limits: { min: 1, max: 2 } },
      { type: funcref, limits: { min: 2, max: undefined } },
    ])
    expect(module.memories).toEqual([{ min: 1, max: 4 }])
    expect(module.globals).toEqual([
      { type: i32, mutable: true, init: Uint8Array.of(0x41, 0x07, 0x0b) },
      { type: funcref, mutable: false, init: Uint8Array.of(0xd2, 0x03, 0x0b) },
      {
        type: f64,
        mutable: false,
        init: Uint8Array.of(0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0b),
      },
      { type: i32, mutable: false, init: Uint8Array.of(0x23, 0x00, 0x0b) },
    ])
  })

  test('gives exports, data and custom sections', () => {
    expect(module.exports[4]).toEqual({ name: 'counter', kind: 'global', index: 1 })
    expect(module.dataCount).toBe(true)
    expect(module.data).toEqual([
      {
        mode: { kind: 'active', memory: 0, offset: Uint8Array.of(0x41, 0x08, 0x0b) },
        bytes: Uint8Array.of(0x68, 0x69),
      },
      { mode: { kind: 'passive' }, bytes: Uint8Array.of(0x61, 0x62, 0x63) },
    ])
    expect(module.customs).toEqual([
      { name: 'name', bytes: Uint8Array.of(0x00, 0x01, 0x00) },
      { name: 'note', bytes: Uint8Array.of(0x01, 0x02, 0x03) },
    ])
  })

  test('gives bytes as views of the input', () => {
    expect(module.code[0]?.buffer).toBe(sample.buffer)
  })
})

describe('what is newer or malformed is refused:', () => {
  test.each([
    ['tags', [13, [0x01, 0x00, 0x00]], 'section 13 is not supported, at byte 10'],
    ['GC types', [1, [0x01, 0x5f, 0x00]], 'type form 0x5f is not supported, at byte 11'],
    ['vectors', [1, [0x01, 0x60, 0x01, 0x7b, 0x00]], 'value type 0x7b is not supported'],
    ['shared memory', [5, [0x01, 0x03, 0x01, 0x01]], 'limits with flags 0x3 (shared or 64-bit)'],
    ['64-bit memory', [5, [0x01, 0x04, 0x01]], 'limits with flags 0x4 (shared or 64-bit)'],
    ['tables of numbers', [4, [0x01, 0x7f, 0x00, 0x01]], 'type 0x7f is not a reference type'],
    ['imported tags', [2, [0x01, 0, 0, 0x04, 0, 0]], 'imports of tags are not supported'],
    ['exported tags', [7, [0x01, 0, 0x04, 0]], 'exports of tags are not supported'],
    ['odd mutability', [6, [0x01, 0x7f, 0x02, 0x41, 0, 0x0b]], 'neither constant nor mutable'],
    [
      'extended constants',
      [6, [0x01, 0x7f, 0, 0x41, 0, 0x6a, 0x0b]],
      'opcode 0x6a is not constant',
    ],
    ['vector constants', [6, [0x01, 0x7f, 0, 0xfd, 0x0c]], 'opcode 0xfd 0x0c is not supported'],
    ['element flags', [9, [0x01, 0x08]], 'an element segment with flags 8 is not known'],
    ['element kinds', [9, [0x01, 0x01, 0x01, 0x00]], 'an element kind is not known'],
    ['data flags', [11, [0x01, 0x03]], 'a data segment with flags 3 is not known'],
    ['functions without code', [3, [0x01, 0x00]], 'states 1 functions, but holds 0'],
    ['missing data', [12, [0x02]], 'states 2 data segments, but holds 0'],
    ['bytes behind a section', [3, [0x00, 0x07]], 'section 3 is longer than its content'],
    ['names that are not UTF-8', [0, [0x01, 0xff]], 'a name is not UTF-8, at byte 11'],
  ] as const)('%s', (_, section, message) => {
    const decode = () => decodeModule(binary(section))
    expect(decode).toThrow(WasmError)
    expect(decode).toThrow(message)
  })

  test('a section that is there twice', () => {
    expect(() => decodeModule(binary([1, [0x00]], [1, [0x00]]))).toThrow('section 1 is there twice')
  })

  test('custom sections may repeat', () => {
    const module = decodeModule(binary([0, [...name('a'), 1]], [0, [...name('a'), 2]]))
    expect(module.customs).toEqual([
      { name: 'a', bytes: Uint8Array.of(1) },
      { name: 'a', bytes: Uint8Array.of(2) },
    ])
  })
})
