import { signedLeb128, unsignedLeb128 } from '../bytes/leb128.js'
import type { ValueType } from '../module/value-type.js'
import { op } from './op.js'

/** Bytes of code: an opcode, an instruction, or many. */
export type Code = number | readonly number[] | Uint8Array

/**
 * Writes the body of a function, without the size in front (core spec §5.4, §5.5.13).
 *
 * @param locals groups of locals behind the parameters: how many, and of what type.
 * @param parts the instructions, the last of which is `op.end`. A number is one byte.
 * @throws RangeError when a number is not a byte, or the end is missing.
 */
export function functionBody(
  locals: readonly (readonly [count: number, type: ValueType])[],
  ...parts: readonly Code[]
): Uint8Array {
  const bytes = [
    ...unsignedLeb128(locals.length),
    ...locals.flatMap(([count, type]) => [...unsignedLeb128(count), type]),
    ...parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])),
  ]
  const wrong = bytes.find((byte) => !Number.isInteger(byte) || byte < 0 || byte > 0xff)
  if (wrong !== undefined) {
    throw new RangeError(`${wrong} is not a byte: encode numbers with i32Const and the like`)
  }
  if (parts.length === 0 || bytes.at(-1) !== op.end) {
    throw new RangeError('the body of a function must end with op.end')
  }
  return Uint8Array.from(bytes)
}

/** A constant; numbers from 2^31 on are taken as the same 32 bits. */
export function i32Const(value: number): number[] {
  return [op.i32Const, ...signedLeb128(value | 0)]
}

/** A constant; numbers from 2^63 on are taken as the same 64 bits. */
export function i64Const(value: number | bigint): number[] {
  return [op.i64Const, ...signedLeb128(BigInt.asIntN(64, BigInt(value)))]
}

export const localGet = withIndex(op.localGet)
export const localSet = withIndex(op.localSet)
export const localTee = withIndex(op.localTee)
export const globalGet = withIndex(op.globalGet)
export const globalSet = withIndex(op.globalSet)
export const call = withIndex(op.call)
export const br = withIndex(op.br)
export const brIf = withIndex(op.brIf)

/** Calls the function in the slot on top of the stack. */
export function callIndirect(type: number, table = 0): number[] {
  return [op.callIndirect, ...unsignedLeb128(type), ...unsignedLeb128(table)]
}

export const i32Load = atAddress(op.i32Load, 2)
export const i64Load = atAddress(op.i64Load, 3)
export const f32Load = atAddress(op.f32Load, 2)
export const f64Load = atAddress(op.f64Load, 3)
export const i32Load8U = atAddress(op.i32Load8U, 0)
export const i32Load16U = atAddress(op.i32Load16U, 1)
export const i32Store = atAddress(op.i32Store, 2)
export const i64Store = atAddress(op.i64Store, 3)
export const f32Store = atAddress(op.f32Store, 2)
export const f64Store = atAddress(op.f64Store, 3)
export const i32Store8 = atAddress(op.i32Store8, 0)
export const i32Store16 = atAddress(op.i32Store16, 1)

function withIndex(opcode: number): (index: number) => number[] {
  return (index) => [opcode, ...unsignedLeb128(index)]
}

/** Loads and stores; `offset` in bytes is added to the address on the stack. */
function atAddress(opcode: number, alignment: number): (offset?: number) => number[] {
  return (offset = 0) => [opcode, alignment, ...unsignedLeb128(offset)]
}
