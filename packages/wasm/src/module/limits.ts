import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readReferenceType, type ReferenceType } from './value-type.js'

/** Limits of a memory, in pages of 64 KiB, or of a table, in elements. */
export interface Limits {
  readonly min: number
  readonly max: number | undefined
}

/** The type of a table. */
export interface Table {
  readonly type: ReferenceType
  readonly limits: Limits
}

export function readLimits(reader: ByteReader): Limits {
  const flags = reader.u8()
  if (flags > 1) {
    const text = `limits with flags 0x${flags.toString(16)} (shared or 64-bit) are not supported`
    reader.fail(text, reader.position - 1)
  }
  return { min: reader.u32(), max: flags === 1 ? reader.u32() : undefined }
}

export function writeLimits(writer: ByteWriter, { min, max }: Limits): void {
  writer.u8(max === undefined ? 0 : 1)
  writer.u32(min)
  if (max !== undefined) writer.u32(max)
}

export function readTable(reader: ByteReader): Table {
  return { type: readReferenceType(reader), limits: readLimits(reader) }
}

export function writeTable(writer: ByteWriter, { type, limits }: Table): void {
  writer.u8(type)
  writeLimits(writer, limits)
}
