import { concatenated } from '../bytes.js'

/** Decodes one stream of bytes, which arrives in chunks. The byte order mark is not its business. */
export interface ChunkDecoder {
  /** The encoding's byte order mark as it is decoded; empty when the encoding has none. */
  readonly mark: string
  /**
   * @param last no chunk follows: what is incomplete is malformed.
   * @returns undefined for malformed bytes, when those are fatal.
   */
  decode(bytes: Uint8Array, last: boolean): string | undefined
}

/** Bytes of a chunk behind those that the chunk before it has left over. */
export function joined(left: Uint8Array, bytes: Uint8Array): Uint8Array {
  return left.length === 0 ? bytes : concatenated([left, bytes])
}

/** More arguments than this do not fit on the engine's stack. */
const unitsPerCall = 1024

/** A string of UTF-16 code units. */
export function textOf(units: Uint8Array | Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += unitsPerCall) {
    text += String.fromCharCode(...units.subarray(at, at + unitsPerCall))
  }
  return text
}
