import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readConstant } from './constant.js'
import { readValueType, type ValueType } from './value-type.js'

export interface GlobalType {
  readonly type: ValueType
  readonly mutable: boolean
}

/** A global that the module defines. */
export interface Global extends GlobalType {
  /** A constant expression with its `end`. */
  readonly init: Uint8Array
}

export function readGlobalType(reader: ByteReader): GlobalType {
  const type = readValueType(reader)
  const mutability = reader.u8()
  if (mutability > 1) reader.fail('a global is neither constant nor mutable', reader.position - 1)
  return { type, mutable: mutability === 1 }
}

export function writeGlobalType(writer: ByteWriter, { type, mutable }: GlobalType): void {
  writer.u8(type)
  writer.u8(mutable ? 1 : 0)
}

export function readGlobal(reader: ByteReader): Global {
  return { ...readGlobalType(reader), init: readConstant(reader) }
}

export function writeGlobal(writer: ByteWriter, global: Global): void {
  writeGlobalType(writer, global)
  writer.put(global.init)
}
