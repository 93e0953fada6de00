import type { ByteReader } from '../bytes/reader.js'
import type { ByteWriter } from '../bytes/writer.js'
import { readConstant } from './constant.js'

/** When the bytes are used: at instantiation, or by `memory.init`. */
export type DataMode =
  | { readonly kind: 'active'; readonly memory: number; readonly offset: Uint8Array }
  | { readonly kind: 'passive' }

export interface DataSegment {
  readonly mode: DataMode
  readonly bytes: Uint8Array
}

/** Core spec 2.0, §5.5.14. */
export function readData(reader: ByteReader): DataSegment {
  const at = reader.position
  const flags = reader.u32()
  if (flags > 2) reader.fail(`a data segment with flags ${flags} is not known`, at)
  const mode: DataMode =
    flags === 1
      ? { kind: 'passive' }
      : { kind: 'active', memory: flags === 2 ? reader.u32() : 0, offset: readConstant(reader) }
  return { mode, bytes: reader.take(reader.u32()) }
}

export function writeData(writer: ByteWriter, { mode, bytes }: DataSegment): void {
  if (mode.kind === 'passive') {
    writer.u8(1)
  } else {
    writer.u8(mode.memory === 0 ? 0 : 2)
    if (mode.memory !== 0) writer.u32(mode.memory)
    writer.put(mode.offset)
  }
  writer.block(bytes)
}
