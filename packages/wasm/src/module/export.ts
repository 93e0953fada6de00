import { kindByte, readKind, type ExternalKind } from '../binary/descriptor.js'
import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'

/** An export; `index` counts within its kind, imports first. */
export interface Export {
  readonly name: string
  readonly kind: Exclude<ExternalKind, 'tag'>
  readonly index: number
}

export function readExport(reader: ByteReader): Export {
  const name = reader.name()
  const at = reader.position
  const kind = readKind(reader)
  if (kind === 'tag') return reader.fail('exports of tags are not supported', at)
  return { name, kind, index: reader.u32() }
}

export function writeExport(writer: ByteWriter, { name, kind, index }: Export): void {
  writer.name(name)
  writer.u8(kindByte(kind))
  writer.u32(index)
}
