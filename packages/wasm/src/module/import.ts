import { kindByte, readKind } from '../binary/descriptor.js'
import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readGlobalType, writeGlobalType, type GlobalType } from './global.js'
import {
  readLimits,
  readTable,
  writeLimits,
  writeTable,
  type Limits,
  type Table,
} from './limits.js'

/** What is imported; `type` of a function is an index into the module's types. */
export type ImportType =
  | { readonly kind: 'function'; readonly type: number }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'memory'; readonly limits: Limits }
  | { readonly kind: 'global'; readonly global: GlobalType }

export type Import = ImportType & { readonly module: string; readonly name: string }

export function readImport(reader: ByteReader): Import {
  return { module: reader.name(), name: reader.name(), ...readImportType(reader) }
}

export function writeImport(writer: ByteWriter, item: Import): void {
  writer.name(item.module)
  writer.name(item.name)
  writer.u8(kindByte(item.kind))
  if (item.kind === 'function') writer.u32(item.type)
  else if (item.kind === 'table') writeTable(writer, item.table)
  else if (item.kind === 'memory') writeLimits(writer, item.limits)
  else writeGlobalType(writer, item.global)
}

function readImportType(reader: ByteReader): ImportType {
  const at = reader.position
  const kind = readKind(reader)
  if (kind === 'function') return { kind, type: reader.u32() }
  if (kind === 'table') return { kind, table: readTable(reader) }
  if (kind === 'memory') return { kind, limits: readLimits(reader) }
  if (kind === 'global') return { kind, global: readGlobalType(reader) }
  return reader.fail('imports of tags are not supported', at)
}
