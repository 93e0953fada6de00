import { describe, expect, test } from 'vitest'
import {
  appendFunction,
  decodeModule,
  encodeModule,
  exportFunction,
  internType,
  keepExports,
  ValueType,
} from '../src/index.js'
import { binary, instantiate, run } from './binary.js'
import { sample, sampleImports } from './sample.js'

const { i32, i64 } = ValueType

describe('types', () => {
  test('one that is there is found', () => {
    const module = decodeModule(sample)
    expect(internType(module, { params: [], results: [i32, i32] })).toBe(2)
    expect(module.types).toHaveLength(3)
  })

  test('a new one is added once', () => {
    const module = decodeModule(sample)
    expect(internType(module, { params: [i64], results: [] })).toBe(3)
    expect(internType(module, { params: [i64], results: [] })).toBe(3)
    expect(internType(module, { params: [], results: [i64] })).toBe(4)
    expect(module.types).toHaveLength(5)
  })

  test('an added one is not changed from outside', () => {
    const module = decodeModule(binary())
    const params: ValueType[] = [i32]
    internType(module, { params, results: [] })
    params.push(i64)
    expect(module.types).toEqual([{ params: [i32], results: [] }])
  })
})

describe('functions', () => {
  test('an appended one is numbered behind all others, and runs', () => {
    const module = decodeModule(sample)
    const type = { params: [i32], results: [i32] }
    // local.get 0; call 3 (twice); call 3
    const body = Uint8Array.of(0x00, 0x20, 0x00, 0x10, 0x03, 0x10, 0x03, 0x0b)
    const index = appendFunction(module, type, body)
    exportFunction(module, 'fourfold', index)
    expect(index).toBe(5)
    expect(run(instantiate(encodeModule(module), sampleImports), 'fourfold', 3)).toBe(12)
  })

  test('the first one of an empty module makes all sections', () => {
    const module = decodeModule(binary())
    const body = Uint8Array.of(0x00, 0x41, 0x2a, 0x0b)
    exportFunction(module, 'f', appendFunction(module, { params: [], results: [i32] }, body))
    expect(encodeModule(module)).toEqual(
      binary(
        [1, [0x01, 0x60, 0x00, 0x01, 0x7f]],
        [3, [0x01, 0x00]],
        [7, [0x01, 0x01, 0x66, 0x00, 0x00]],
        [10, [0x01, 0x04, 0x00, 0x41, 0x2a, 0x0b]],
      ),
    )
  })
})

describe('exports', () => {
  test('a name can be given once', () => {
    const module = decodeModule(sample)
    expect(() => exportFunction(module, 'memory', 2)).toThrow(
      'there is an export named "memory" already',
    )
  })

  test('only functions that exist can be exported', () => {
    const module = decodeModule(sample)
    expect(() => exportFunction(module, 'f', 5)).toThrow('there is no function 5: the module has 5')
    expect(() => exportFunction(module, 'f', -1)).toThrow('there is no function -1')
  })

  test('an import can be exported', () => {
    const module = decodeModule(sample)
    exportFunction(module, 'triple', 0)
    expect(run(instantiate(encodeModule(module), sampleImports), 'triple', 3)).toBe(9)
  })

  test('those that are not kept are gone', () => {
    const module = decodeModule(sample)
    keepExports(module, (name) => name === 'memory' || name.startsWith('r'))
    expect(module.exports.map(({ name }) => name)).toEqual(['run', 'memory'])
    expect(run(instantiate(encodeModule(module), sampleImports), 'run', 4)).toBe(44)
  })
})
