import { describe, expect, test } from 'vitest'
import {
  appendFunction,
  appendToTable,
  decodeModule,
  encodeModule,
  exportFunction,
  insertFunctionImports,
  ValueType,
} from '../src/index.js'
import { binary, instantiate, name, run } from './binary.js'
import { sample, sampleImports } from './sample.js'

const { i32 } = ValueType
const unary = { params: [i32], results: [i32] }

test('functions get slots at the end of the table, where calls find them', () => {
  const module = decodeModule(sample)
  expect(appendToTable(module, [3, 0])).toBe(8)
  expect(module.tables[0]).toEqual({ type: 0x70, limits: { min: 10, max: undefined } })
  expect(module.elements.at(-1)).toEqual({
    mode: { kind: 'active', table: 0, offset: Uint8Array.of(0x41, 0x08, 0x0b) },
    items: { kind: 'functions', indices: [3, 0] },
  })
  // local.get 0; i32.const 9; call_indirect (type 1)
  const body = Uint8Array.of(0x00, 0x20, 0x00, 0x41, 0x09, 0x11, 0x01, 0x00, 0x0b)
  exportFunction(module, 'slot9', appendFunction(module, unary, body))
  expect(run(instantiate(encodeModule(module), sampleImports), 'slot9', 5)).toBe(15)
})

test('the slots follow their functions when imports are inserted afterwards', () => {
  const module = decodeModule(sample)
  appendToTable(module, [3])
  insertFunctionImports(module, [{ module: 'h', name: 'f', type: unary }])
  expect(module.elements.at(-1)?.items).toEqual({ kind: 'functions', indices: [4] })
})

describe('limits', () => {
  const defined = (...limits: number[]) => decodeModule(binary([4, [0x01, 0x70, ...limits]]))
  const withFunction = (module: ReturnType<typeof defined>) =>
    appendFunction(module, unary, Uint8Array.of(0x00, 0x20, 0x00, 0x0b))

  test('a maximum rises by as many slots', () => {
    const module = defined(0x01, 0x04, 0x06)
    const index = withFunction(module)
    expect(appendToTable(module, [index, index])).toBe(4)
    expect(module.tables).toEqual([{ type: 0x70, limits: { min: 6, max: 8 } }])
  })

  test('an imported table is table 0', () => {
    const imports = [0x01, ...name('e'), ...name('t'), 0x01, 0x70, 0x00, 0x02]
    const module = decodeModule(binary([2, imports], [4, [0x01, 0x70, 0x00, 0x09]]))
    expect(appendToTable(module, [withFunction(module)])).toBe(2)
    expect(module.imports[0]).toMatchObject({ table: { limits: { min: 3, max: undefined } } })
    expect(module.tables[0]?.limits.min).toBe(9)
  })

  test('no functions need no slots', () => {
    const module = defined(0x00, 0x04)
    expect(appendToTable(module, [])).toBe(4)
    expect(module.elements).toEqual([])
  })

  test('a table cannot have more than 2^32 - 1 slots', () => {
    const module = defined(0x00, 0xff, 0xff, 0xff, 0xff, 0x0f)
    const index = withFunction(module)
    expect(() => appendToTable(module, [index])).toThrow(
      'table 0 has 4294967295 slots and cannot get 1 more',
    )
  })
})

test('a module without a table of functions is refused', () => {
  const module = decodeModule(sample)
  module.tables = []
  expect(() => appendToTable(module, [0])).toThrow('the module has no table')
  module.tables = [{ type: ValueType.externref, limits: { min: 0, max: undefined } }]
  expect(() => appendToTable(module, [0])).toThrow('table 0 does not hold functions')
})

test('a function that does not exist is refused', () => {
  expect(() => appendToTable(decodeModule(sample), [0, 5])).toThrow('there is no function 5')
})
