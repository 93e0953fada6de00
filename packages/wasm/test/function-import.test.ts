import { describe, expect, test } from 'vitest'
import { decodeModule, encodeModule, insertFunctionImports, ValueType } from '../src/index.js'
import { binary, instantiate, name, run } from './binary.js'
import { sample, sampleImports } from './sample.js'

const { i32 } = ValueType
const unary = { params: [i32], results: [i32] }

describe('two imports in a module that has one', () => {
  const module = decodeModule(sample)
  const indices = insertFunctionImports(module, [
    { module: 'host', name: 'a', type: unary },
    { module: 'host', name: 'b', type: { params: [i32, i32], results: [] } },
  ])

  test('get the indices behind it', () => {
    expect(indices).toEqual([1, 2])
    expect(module.imports.slice(2)).toEqual([
      { module: 'host', name: 'a', kind: 'function', type: 1 },
      { module: 'host', name: 'b', kind: 'function', type: 3 },
    ])
    expect(module.types[3]).toEqual({ params: [i32, i32], results: [] })
  })

  test('move the functions in code: the old import stays, the defined ones are two further', () => {
    const runBody = module.code[1]
    expect(runBody?.subarray(3, 9)).toEqual(Uint8Array.of(0x20, 0x00, 0x10, 0x05, 0x10, 0x00))
    expect(runBody?.subarray(26, 29)).toEqual(Uint8Array.of(0xd2, 0x05, 0x1a))
  })

  test('move the functions in elements, globals, exports and the start', () => {
    const items = module.elements.map((segment) => segment.items)
    expect(items[0]).toEqual({ kind: 'functions', indices: [5] })
    expect(items[2]).toEqual({ kind: 'functions', indices: [0] })
    expect(items[4]).toMatchObject({
      expressions: [Uint8Array.of(0xd2, 0x05, 0x0b), Uint8Array.of(0xd0, 0x70, 0x0b)],
    })
    expect(module.globals[1]?.init).toEqual(Uint8Array.of(0xd2, 0x05, 0x0b))
    expect(module.exports).toContainEqual({ name: 'run', kind: 'function', index: 4 })
    expect(module.exports).toContainEqual({ name: 'counter', kind: 'global', index: 1 })
    expect(module.start).toBe(3)
  })

  test('drop the names, which count functions, and keep other custom sections', () => {
    expect(module.customs.map((custom) => custom.name)).toEqual(['note'])
  })

  test('leave the input as it was', () => {
    expect(encodeModule(decodeModule(sample))).toEqual(sample)
  })

  test('do not change what the module does', () => {
    const host = { a: (n: number) => n, b: () => {} }
    const instance = instantiate(encodeModule(module), { ...sampleImports, host })
    expect(run(instance, 'run', 4)).toBe(44)
    expect(run(instance, 'twice', 5)).toBe(10)
    expect(instance.exports['counter']).toHaveProperty('value', 8)
  })
})

test('no imports change nothing', () => {
  const module = decodeModule(sample)
  expect(insertFunctionImports(module, [])).toEqual([])
  expect(encodeModule(module)).toEqual(sample)
})

test('a body without affected indices keeps its bytes', () => {
  const module = decodeModule(sample)
  const [start] = module.code
  insertFunctionImports(module, [{ module: 'h', name: 'f', type: unary }])
  expect(module.code[0]).toEqual(start)
})

test('200 imports push indices beyond one byte', () => {
  const module = decodeModule(sample)
  const added = Array.from({ length: 200 }, (_, at) => ({
    module: 'host',
    name: `f${at}`,
    type: unary,
  }))
  expect(insertFunctionImports(module, added).at(-1)).toBe(200)
  const host = Object.fromEntries(added.map((item) => [item.name, () => 0]))
  const instance = instantiate(encodeModule(module), { ...sampleImports, host })
  expect(run(instance, 'run', 4)).toBe(44)
})

test('an instruction that is not supported is named, and the module stays as it was', () => {
  const body = [0x05, 0x00, 0x01, 0xfd, 0x0c, 0x0b]
  const bytes = binary(
    [1, [0x01, 0x60, 0x00, 0x00]],
    [3, [0x02, 0x00, 0x00]],
    [7, [0x01, ...name('f'), 0x00, 0x01]],
    [10, [0x02, 0x02, 0x00, 0x0b, ...body]],
  )
  const module = decodeModule(bytes)
  const insert = () => insertFunctionImports(module, [{ module: 'h', name: 'f', type: unary }])
  expect(insert).toThrow('function 1: opcode 0xfd 0x0c is not supported, at byte 2 of its body')
  expect(insert).toThrow(expect.objectContaining({ code: 'EWS_BAD_WASM', offset: 2 }))
  expect(encodeModule(module)).toEqual(bytes)
})
