// JavaScript values as Wasm values in 8-byte cells, by type letter: i, j (i64), f and d.

import { JS_NewBigInt64, JS_NewNumber, JS_ToFloat64, JS_ToInt32, JS_ToInt64Ext, JS_UNDEFINED, JSValue, newInt } from "./quickjs"

const LARGEST_SAFE: i64 = 9007199254740991

/** False with an exception pending for a value that is no number. */
export function toCell(c: usize, letter: u8, cell: usize, value: JSValue): bool {
  switch (letter) {
    case 0x69: return JS_ToInt32(c, cell, value) >= 0 // i
    case 0x6a: return JS_ToInt64Ext(c, cell, value) >= 0 // j: a number or a BigInt
    case 0x66: // f
      if (JS_ToFloat64(c, cell, value) < 0) return false
      store<f32>(cell, <f32>load<f64>(cell))
      return true
    default: return JS_ToFloat64(c, cell, value) >= 0 // d
  }
}

/** `big`: an i64 is always a BigInt; otherwise only when a number would not hold it. */
export function fromCell(c: usize, letter: u8, cell: usize, big: bool): JSValue {
  switch (letter) {
    case 0x69: return newInt(load<i32>(cell))
    case 0x6a: {
      const value = load<i64>(cell)
      if (big || value > LARGEST_SAFE || value < -LARGEST_SAFE) return JS_NewBigInt64(c, value)
      return JS_NewNumber(c, <f64>value)
    }
    case 0x66: return JS_NewNumber(c, <f64>load<f32>(cell))
    case 0x64: return JS_NewNumber(c, load<f64>(cell))
    default: return JS_UNDEFINED
  }
}
