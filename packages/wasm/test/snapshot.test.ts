import { describe, expect, test } from 'vitest'
import { decodeModule, encodeModule, snapshot, WasmError, type Module } from '../src/index.js'
import { binary, instantiate, name, run, type SectionBytes } from './binary.js'
import { sample } from './sample.js'

const page = 65536

/** A start function counts in a global; `poke` stores a byte, and `grow` adds a page. */
const counting = binary(
  [1, [0x03, 0x60, 0x00, 0x00, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60, 0x00, 0x01, 0x7f]],
  [3, [0x03, 0x00, 0x01, 0x02]],
  [5, [0x01, 0x00, 0x01]],
  [6, [0x01, 0x7f, 0x01, 0x41, 0x00, 0x0b]],
  [
    7,
    [
      ...[0x04],
      ...[...name('memory'), 0x02, 0x00],
      ...[...name('count'), 0x03, 0x00],
      ...[...name('poke'), 0x00, 0x01],
      ...[...name('grow'), 0x00, 0x02],
    ],
  ],
  [8, [0x00]],
  [12, [0x01]],
  [
    10,
    [
      ...[0x03],
      ...[0x09, 0x00, 0x23, 0x00, 0x41, 0x01, 0x6a, 0x24, 0x00, 0x0b],
      ...[0x09, 0x00, 0x20, 0x00, 0x20, 0x01, 0x3a, 0x00, 0x00, 0x0b],
      ...[0x06, 0x00, 0x41, 0x01, 0x40, 0x00, 0x0b],
    ],
  ],
  [11, [0x01, 0x00, 0x41, 0x04, 0x0b, ...name('old')]],
)

const memoryOf = (instance: WebAssembly.Instance): Uint8Array =>
  new Uint8Array((instance.exports['memory'] as WebAssembly.Memory).buffer)

describe('a module that has run', () => {
  const instance = instantiate(counting)
  run(instance, 'grow')
  run(instance, 'poke', 4, 0)
  run(instance, 'poke', page + 1, 42)
  const module = decodeModule(counting)
  const count = (instance.exports['count'] as WebAssembly.Global<'i32'>).value
  snapshot(module, { memory: memoryOf(instance), globals: new Map([['count', count]]) })

  test('starts again where it was, without running its start', () => {
    const again = instantiate(encodeModule(module))
    expect(Buffer.compare(memoryOf(again), memoryOf(instance))).toBe(0)
    expect(again.exports['count']).toHaveProperty('value', 1)
    run(again, 'poke', 0, 1)
    expect(memoryOf(again)[0]).toBe(1)
  })

  test('holds exactly the new bytes', () => {
    expect(module).toMatchObject({
      memories: [{ min: 2, max: undefined }],
      start: undefined,
      dataCount: false,
      globals: [{ init: Uint8Array.of(0x41, 0x01, 0x0b) }],
    })
    expect(module.data).toEqual([
      {
        mode: { kind: 'active', memory: 0, offset: Uint8Array.of(0x41, 0x05, 0x0b) },
        bytes: Uint8Array.of(0x6c, 0x64),
      },
      {
        mode: { kind: 'active', memory: 0, offset: Uint8Array.of(0x41, 0x81, 0x80, 0x04, 0x0b) },
        bytes: Uint8Array.of(42),
      },
    ])
  })

  test('gives the same bytes when it is taken twice', () => {
    const again = decodeModule(encodeModule(module))
    const state = memoryOf(instantiate(encodeModule(module)))
    snapshot(again, { memory: state, globals: new Map([['count', 1]]) })
    expect(encodeModule(again)).toEqual(encodeModule(module))
  })
})

describe('memory', () => {
  const take = (module: Module, pages: number): void =>
    snapshot(module, { memory: new Uint8Array(pages * page), globals: new Map() })

  test('a maximum is kept, or rises to what is in use', () => {
    const module = decodeModule(binary([5, [0x01, 0x01, 0x01, 0x03]]))
    take(module, 2)
    expect(module.memories).toEqual([{ min: 2, max: 3 }])
    take(module, 4)
    expect(module.memories).toEqual([{ min: 4, max: 4 }])
  })

  test('an imported one is asked for in its new size', () => {
    const module = decodeModule(
      binary([2, [0x01, ...name('e'), ...name('m'), 0x02, 0x01, 0x01, 0x09]]),
    )
    take(module, 2)
    expect(module.imports[0]).toMatchObject({ limits: { min: 2, max: 9 } })
  })

  test.each([
    ['part of a page', [0x01, 0x00, 0x01], 100, 'a memory of 100 bytes is not whole pages'],
    ['no memory', [0x00], page, 'a snapshot needs a module with one memory'],
    ['two memories', [0x02, 0, 1, 0, 1], page, 'a snapshot needs a module with one memory'],
  ])('%s: refused', (_, section, length, message) => {
    const module = decodeModule(binary([5, section]))
    const state = { memory: new Uint8Array(length), globals: new Map() }
    expect(() => snapshot(module, state)).toThrow(message)
  })
})

describe('globals', () => {
  const module = (...globals: number[]): Module => {
    const exports: SectionBytes = [7, [0x01, ...name('g'), 0x03, 0x00]]
    return decodeModule(binary([5, [0x01, 0x00, 0x01]], [6, [0x01, ...globals]], exports))
  }
  const take = (taken: Module, value: number | bigint): Uint8Array | undefined => {
    snapshot(taken, { memory: new Uint8Array(page), globals: new Map([['g', value]]) })
    expect(WebAssembly.validate(encodeModule(taken))).toBe(true)
    return taken.globals[0]?.init
  }
  const i32 = [0x7f, 0x01, 0x41, 0x00, 0x0b]
  const i64 = [0x7e, 0x01, 0x42, 0x00, 0x0b]
  const f32 = [0x7d, 0x01, 0x43, 0, 0, 0, 0, 0x0b]
  const f64 = [0x7c, 0x01, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b]

  test.each([
    ['an i32', i32, -65, [0x41, 0xbf, 0x7f, 0x0b]],
    ['an unsigned i32', i32, 2 ** 32 - 1, [0x41, 0x7f, 0x0b]],
    ['an i64', i64, -(2n ** 63n), [0x42, ...Array<number>(9).fill(0x80), 0x7f, 0x0b]],
    ['an f32', f32, 1.5, [0x43, 0x00, 0x00, 0xc0, 0x3f, 0x0b]],
    ['an f64', f64, -0, [0x44, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x0b]],
  ])('%s gets its value', (_, global, value, init) => {
    expect(take(module(...global), value)).toEqual(Uint8Array.from(init))
  })

  test('a constant one stays as it is', () => {
    const constant = module(0x7f, 0x00, 0x41, 0x05, 0x0b)
    expect(take(constant, 9)).toEqual(Uint8Array.of(0x41, 0x05, 0x0b))
  })

  test.each([
    ['a bigint for an i32', i32, 1n, 'global 0 is a mutable i32: it cannot hold bigint 1'],
    ['a number for an i64', i64, 1, 'global 0 is a mutable i64: it cannot hold number 1'],
    ['a reference', [0x70, 0x01, 0xd0, 0x70, 0x0b], 0, 'global 0 is a mutable funcref'],
  ])('%s: refused', (_, global, value, message) => {
    expect(() => take(module(...global), value)).toThrow(message)
  })

  test('one without a value is refused, and the module stays as it was', () => {
    const taken = module(...i32)
    const before = encodeModule(taken)
    const state = { memory: new Uint8Array(page), globals: new Map([['other', 1]]) }
    expect(() => snapshot(taken, state)).toThrow('no value is given for the mutable global 0 (g)')
    expect(encodeModule(taken)).toEqual(before)
  })

  test('one that is not exported is refused by its index', () => {
    const hidden = module(...i32)
    hidden.exports = []
    expect(() => take(hidden, 1)).toThrow('the mutable global 0 is not exported')
  })

  test('one that is imported is refused by its name', () => {
    const imported = module(...i32)
    const global = { type: 0x7f, mutable: true } as const
    imported.imports.push({ module: 'env', name: 'sp', kind: 'global', global })
    expect(() => take(imported, 1)).toThrow('the mutable global env.sp is imported')
  })
})

test('code that uses passive data is refused by its function', () => {
  const state = { memory: new Uint8Array(page), globals: new Map([['counter', 1]]) }
  const take = () => snapshot(decodeModule(sample), state)
  expect(take).toThrow(WasmError)
  expect(take).toThrow('function 4: memory.init or data.drop is used')
})
