import type { ByteReader } from '../bytes/reader.js'

/** Types of values, as bytes (core spec 2.0, §5.3.1 to §5.3.4), without vectors. */
export const ValueType = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  funcref: 0x70,
  externref: 0x6f,
} as const

export type ValueType = (typeof ValueType)[keyof typeof ValueType]

export type ReferenceType = typeof ValueType.funcref | typeof ValueType.externref

const known: readonly ValueType[] = Object.values(ValueType)

export function readValueType(reader: ByteReader): ValueType {
  const byte = reader.u8()
  const type = known.find((candidate) => candidate === byte)
  return (
    type ?? reader.fail(`value type 0x${byte.toString(16)} is not supported`, reader.position - 1)
  )
}

export function readReferenceType(reader: ByteReader): ReferenceType {
  const type = readValueType(reader)
  if (type === ValueType.funcref || type === ValueType.externref) return type
  return reader.fail(`type 0x${type.toString(16)} is not a reference type`, reader.position - 1)
}
