import type { Signature, ValueType } from '@extism-ws/protocol'
import {
  f32Load,
  f32Store,
  f64Load,
  f64Store,
  i32Load,
  i32Store,
  i64Load,
  i64Store,
} from '@extism-ws/wasm'

// Wasm values cross between the engine and linked functions in memory, each in a cell
// (packages/engine/glue/cells.ts is the other side).

export const cellBytes = 8
export const load = { i32: i32Load, i64: i64Load, f32: f32Load, f64: f64Load } as const
export const store = { i32: i32Store, i64: i64Store, f32: f32Store, f64: f64Store } as const
const letters = { i32: 'i', i64: 'j', f32: 'f', f64: 'd' } as const

/** Value types as the engine's natives read them: a letter each, v for no result. */
export function typeLetters(types: readonly (ValueType | undefined)[]): string {
  return types.map((type) => (type === undefined ? 'v' : letters[type])).join('')
}

/** A signature as the engine's natives read it: a letter per parameter, then the result's. */
export function signatureLetters({ params, result }: Signature): string {
  return typeLetters([...params.map(([, type]) => type), result])
}
