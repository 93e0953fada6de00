import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readValueType, type ValueType } from './value-type.js'

/** What a function takes and gives. */
export interface FuncType {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

const marker = 0x60

export function readFuncType(reader: ByteReader): FuncType {
  const form = reader.u8()
  if (form !== marker) {
    reader.fail(`type form 0x${form.toString(16)} is not supported`, reader.position - 1)
  }
  return { params: reader.list(readValueType), results: reader.list(readValueType) }
}

export function writeFuncType(writer: ByteWriter, type: FuncType): void {
  writer.u8(marker)
  writer.u32(type.params.length)
  writer.put(type.params)
  writer.u32(type.results.length)
  writer.put(type.results)
}

export function sameFuncType(a: FuncType, b: FuncType): boolean {
  return sameTypes(a.params, b.params) && sameTypes(a.results, b.results)
}

function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index])
}
