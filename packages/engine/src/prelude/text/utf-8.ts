import { native } from '../native.js'
import { joined, type ChunkDecoder } from './chunk-decoder.js'

const none = new Uint8Array(0)

/** WHATWG Encoding §8.1.1. The engine decodes whole sequences; this keeps what a chunk cuts off. */
export class Utf8Decoder implements ChunkDecoder {
  readonly mark = '\ufeff'
  readonly #fatal: boolean
  #left = none

  constructor(fatal: boolean) {
    this.#fatal = fatal
  }

  decode(bytes: Uint8Array, last: boolean): string | undefined {
    const all = joined(this.#left, bytes)
    const end = last ? all.length : all.length - cutOff(all)
    this.#left = end === all.length ? none : all.slice(end)
    const text = native.decode(end === all.length ? all : all.subarray(0, end), this.#fatal)
    if (text !== null) return text
    this.#left = none
    return undefined
  }
}

/** How many bytes at the end begin a sequence that more bytes may complete. */
function cutOff(bytes: Uint8Array): number {
  for (let count = 1; count <= 3 && count <= bytes.length; count++) {
    const lead = bytes[bytes.length - count] ?? 0
    if (lead < 0x80) return 0
    if (lead < 0xc0) continue
    const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    if (lead < 0xc2 || lead > 0xf4 || count >= length) return 0
    return count === 1 || mayFollow(lead, bytes[bytes.length - count + 1] ?? 0) ? count : 0
  }
  return 0
}

/** The second byte says whether a sequence is overlong, a surrogate or beyond U+10FFFF. */
function mayFollow(lead: number, second: number): boolean {
  if (lead === 0xe0) return second >= 0xa0
  if (lead === 0xed) return second < 0xa0
  if (lead === 0xf0) return second >= 0x90
  return lead !== 0xf4 || second < 0x90
}
