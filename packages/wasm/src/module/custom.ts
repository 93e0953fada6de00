import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'

/** A custom section (core spec §5.5.3). */
export interface Custom {
  readonly name: string
  readonly bytes: Uint8Array
}

export function readCustom(reader: ByteReader): Custom {
  const name = reader.name()
  return { name, bytes: reader.take(reader.bytes.length - reader.position) }
}

export function writeCustom(writer: ByteWriter, { name, bytes }: Custom): void {
  writer.name(name)
  writer.put(bytes)
}
