import type { Signature, ValueType } from '@extism-ws/protocol'
import {
  call,
  f32Load,
  f32Store,
  f64Load,
  f64Store,
  functionBody,
  i32Load,
  i32Store,
  i64Load,
  i64Store,
  localGet,
  op,
  type Code,
} from '@extism-ws/wasm'

const cellBytes = 8
const load = { i32: i32Load, i64: i64Load, f32: f32Load, f64: f64Load } as const
const store = { i32: i32Store, i64: i64Store, f32: f32Store, f64: f64Store } as const
const letters = { i32: 'i', i64: 'j', f32: 'f', f64: 'd' } as const

/**
 * The body of an adapter, whose one parameter is an address: loads the arguments from 8-byte cells
 * there, calls the host function and stores its result in the first cell
 * (packages/engine/glue/host.ts is the other side).
 */
export function adapterBody({ params, result }: Signature, functionIndex: number): Uint8Array {
  const cells = localGet(0)
  const args: Code[] = params.flatMap(([, type], i) => [cells, load[type](i * cellBytes)])
  if (result === undefined) return functionBody([], ...args, call(functionIndex), op.end)
  return functionBody([], cells, ...args, call(functionIndex), store[result](0), op.end)
}

/** A signature as the engine's natives read it: a letter per parameter, then the result's. */
export function signatureLetters({ params, result }: Signature): string {
  const letter = (type: ValueType): string => letters[type]
  return (
    params.map(([, type]) => letter(type)).join('') + (result === undefined ? 'v' : letter(result))
  )
}
