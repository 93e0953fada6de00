import { describe, expect, test } from 'vitest'
import {
  appendFunction,
  br,
  brIf,
  call,
  callIndirect,
  decodeModule,
  encodeModule,
  exportFunction,
  f32Load,
  f32Store,
  f64Load,
  f64Store,
  functionBody,
  globalGet,
  globalSet,
  i32Const,
  i32Load,
  i32Load16U,
  i32Load8U,
  i32Store,
  i32Store16,
  i32Store8,
  i64Const,
  i64Load,
  i64Store,
  localGet,
  localSet,
  localTee,
  op,
  ValueType,
} from '../src/index.js'
import { binary, instantiate, run } from './binary.js'

const { i32, i64 } = ValueType

describe('a body', () => {
  test('is its locals and its parts', () => {
    const body = functionBody(
      [
        [2, i32],
        [200, i64],
      ],
      localGet(1),
      op.drop,
      Uint8Array.of(0x01),
      op.end,
    )
    expect(body).toEqual(
      Uint8Array.of(0x02, 0x02, 0x7f, 0xc8, 0x01, 0x7e, 0x20, 0x01, 0x1a, 0x01, 0x0b),
    )
  })

  test('must end with its end', () => {
    expect(() => functionBody([], op.drop)).toThrow('must end with op.end')
    expect(() => functionBody([])).toThrow('must end with op.end')
  })

  test('refuses a number that is not a byte: it was meant to be encoded', () => {
    expect(() => functionBody([], op.i32Const, 300, op.end)).toThrow('300 is not a byte')
    expect(() => functionBody([], op.i32Const, -1, op.end)).toThrow(RangeError)
  })

  test('runs', () => {
    const module = decodeModule(binary([5, [0x01, 0x00, 0x01]]))
    // Stores a at address 16, adds b to what it loads from there, and doubles by way of a local.
    const body = functionBody(
      [[1, i32]],
      ...[i32Const(16), localGet(0), i32Store()],
      ...[i32Const(0), i32Load(16), localGet(1), op.i32Add],
      ...[localTee(2), localGet(2), op.i32Add, op.end],
    )
    const type = { params: [i32, i32], results: [i32] }
    exportFunction(module, 'f', appendFunction(module, type, body))
    expect(run(instantiate(encodeModule(module)), 'f', 5, 7)).toBe(24)
  })
})

test.each([
  ['local.get', localGet(1), [0x20, 0x01]],
  ['local.set', localSet(200), [0x21, 0xc8, 0x01]],
  ['local.tee', localTee(1), [0x22, 0x01]],
  ['global.get', globalGet(1), [0x23, 0x01]],
  ['global.set', globalSet(1), [0x24, 0x01]],
  ['call', call(300), [0x10, 0xac, 0x02]],
  ['call_indirect', callIndirect(130), [0x11, 0x82, 0x01, 0x00]],
  ['call_indirect of table 1', callIndirect(2, 1), [0x11, 0x02, 0x01]],
  ['br', br(1), [0x0c, 0x01]],
  ['br_if', brIf(0), [0x0d, 0x00]],
  ['i32.const', i32Const(-1), [0x41, 0x7f]],
  ['an unsigned i32.const', i32Const(2 ** 32 - 2), [0x41, 0x7e]],
  ['i64.const', i64Const(64), [0x42, 0xc0, 0x00]],
  ['an unsigned i64.const', i64Const(2n ** 64n - 1n), [0x42, 0x7f]],
  ['i32.load', i32Load(), [0x28, 0x02, 0x00]],
  ['i64.load', i64Load(8), [0x29, 0x03, 0x08]],
  ['f32.load', f32Load(128), [0x2a, 0x02, 0x80, 0x01]],
  ['f64.load', f64Load(), [0x2b, 0x03, 0x00]],
  ['i32.load8_u', i32Load8U(1), [0x2d, 0x00, 0x01]],
  ['i32.load16_u', i32Load16U(2), [0x2f, 0x01, 0x02]],
  ['i32.store', i32Store(4), [0x36, 0x02, 0x04]],
  ['i64.store', i64Store(), [0x37, 0x03, 0x00]],
  ['f32.store', f32Store(), [0x38, 0x02, 0x00]],
  ['f64.store', f64Store(), [0x39, 0x03, 0x00]],
  ['i32.store8', i32Store8(), [0x3a, 0x00, 0x00]],
  ['i32.store16', i32Store16(), [0x3b, 0x01, 0x00]],
])('%s is encoded with its immediates', (_, code, bytes) => {
  expect(code).toEqual(bytes)
})
