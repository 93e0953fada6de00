import { describe, expect, test } from 'vitest'
import { listImportedFunctions, listImports, renameImportModule, ValueType } from '../src/index.js'
import { binary, name } from './binary.js'
import { sample } from './sample.js'

const wasi = 'wasi_snapshot_preview1'

/** One import of each kind, with types that only newer proposals have. */
const everyKind = binary([
  2,
  [
    ...[0x07],
    ...[...name(wasi), ...name('f'), 0x00, 0x00],
    ...[...name('env'), ...name('t'), 0x01, 0x70, 0x00, 0x01],
    ...[...name('env'), ...name('typed'), 0x01, 0x63, 0x80, 0x01, 0x01, 0x01, 0x02],
    ...[...name('env'), ...name('m64'), 0x02, 0x05, 0x01, 0x80, 0x80, 0x80, 0x80, 0x20],
    ...[...name(wasi), ...name('g'), 0x03, 0x7b, 0x01],
    ...[...name('env'), ...name('ref'), 0x03, 0x64, 0x6e, 0x00],
    ...[...name(wasi), ...name('e'), 0x04, 0x00, 0x00],
  ],
])

describe('listing', () => {
  test('all kinds are listed in order', () => {
    expect(listImports(everyKind)).toEqual([
      { module: wasi, name: 'f', kind: 'function' },
      { module: 'env', name: 't', kind: 'table' },
      { module: 'env', name: 'typed', kind: 'table' },
      { module: 'env', name: 'm64', kind: 'memory' },
      { module: wasi, name: 'g', kind: 'global' },
      { module: 'env', name: 'ref', kind: 'global' },
      { module: wasi, name: 'e', kind: 'tag' },
    ])
  })

  test('the engine agrees', () => {
    expect(listImports(sample)).toEqual(WebAssembly.Module.imports(new WebAssembly.Module(sample)))
  })

  test('a module without imports has none', () => {
    expect(listImports(binary())).toEqual([])
  })

  test.each([
    ['a kind', [0x01, 0x01, 0x61, 0x01, 0x62, 0x05, 0x00], 'kind 0x5 is not known, at byte 15'],
    ['a heap type', [0x01, 0, 0, 0x03, 0x63, 0x60, 0x00], 'a heap type is not known, at byte 14'],
    ['a value type', [0x01, 0, 0, 0x03, 0x05, 0x00], 'value type 0x5 is not known, at byte 14'],
    ['limits', [0x01, 0, 0, 0x02, 0x08, 0x00], 'limits with flags 0x8 are not known, at byte 14'],
    ['bytes behind the last', [0x00, 0x00], 'the import section is longer than its content'],
  ])('%s that nobody knows: refused', (_, body, message) => {
    expect(() => listImports(binary([2, body]))).toThrow(message)
  })
})

describe('renaming a module', () => {
  test('renames it in imports of all kinds, and nothing else', () => {
    const renamed = renameImportModule(everyKind, wasi, 'extism:host/env')
    expect(listImports(renamed)).toEqual(
      listImports(everyKind).map((item) =>
        item.module === wasi ? { ...item, module: 'extism:host/env' } : item,
      ),
    )
  })

  test('renames only the imports that are named, if any are', () => {
    const renamed = renameImportModule(everyKind, wasi, 'other', new Set(['f', 't', 'absent']))
    expect(listImports(renamed)).toEqual(
      listImports(everyKind).map((item) =>
        item.module === wasi && item.name === 'f' ? { ...item, module: 'other' } : item,
      ),
    )
    expect(renameImportModule(everyKind, wasi, 'other', new Set(['t']))).toBe(everyKind)
  })

  test('changes exactly the bytes of the name', () => {
    const before = binary([2, [0x01, ...name('abc'), ...name('f'), 0x00, 0x85, 0x00]])
    const after = binary([2, [0x01, ...name('d'), ...name('f'), 0x00, 0x85, 0x00]])
    expect(renameImportModule(before, 'abc', 'd')).toEqual(after)
  })

  test('leaves functions of that name alone', () => {
    const before = binary([2, [0x01, ...name('x'), ...name('y'), 0x00, 0x00]])
    expect(renameImportModule(before, 'y', 'z')).toBe(before)
  })

  test('gives the input back when there is nothing to rename', () => {
    expect(renameImportModule(sample, 'absent', 'other')).toBe(sample)
    expect(renameImportModule(sample, 'm', 'm')).toBe(sample)
    expect(renameImportModule(binary(), 'm', 'n')).toEqual(binary())
  })

  test('the renamed module runs', () => {
    const module = new WebAssembly.Module(renameImportModule(sample, 'm', 'n'))
    const n = { triple: (value: number) => 3 * value, base: 5 }
    const { exports } = new WebAssembly.Instance(module, { n })
    expect((exports['run'] as (n: number) => number)(4)).toBe(44)
  })
})

describe('the types of imported functions', () => {
  test('are listed, and other imports are not', () => {
    const types = [0x02, 0x60, 0x00, 0x00, 0x60, 0x02, 0x7f, 0x7e, 0x01, 0x7c]
    const imports = [
      ...[0x03],
      ...[...name('env'), ...name('f'), 0x00, 0x01],
      ...[...name('env'), ...name('m'), 0x02, 0x00, 0x01],
      ...[...name(wasi), ...name('g'), 0x00, 0x00],
    ]
    const { i32, i64, f64 } = ValueType
    expect(listImportedFunctions(binary([1, types], [2, imports]))).toEqual([
      { module: 'env', name: 'f', type: { params: [i32, i64], results: [f64] } },
      { module: wasi, name: 'g', type: { params: [], results: [] } },
    ])
  })

  test('of newer proposals are refused', () => {
    expect(() => listImportedFunctions(binary([1, [0x01, 0x5e, 0x7f, 0x00]]))).toThrow(
      'type form 0x5e is not supported',
    )
  })

  test('that do not exist are left out', () => {
    expect(listImportedFunctions(everyKind)).toEqual([])
  })
})
