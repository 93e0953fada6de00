import { joined, textOf, type ChunkDecoder } from './chunk-decoder.js'

const none = new Uint8Array(0)
const bytesPerUnit = 2

/** WHATWG Encoding §14.2.1. */
export class Utf16Decoder implements ChunkDecoder {
  readonly mark = '\ufeff'
  readonly #fatal: boolean
  #left = none

  constructor(fatal: boolean) {
    this.#fatal = fatal
  }

  decode(bytes: Uint8Array, last: boolean): string | undefined {
    const all = joined(this.#left, bytes)
    let end = all.length - (all.length % bytesPerUnit)
    // A high surrogate at the end waits for its other half.
    if (!last && end > 0 && ((all[end - 1] ?? 0) & 0xfc) === 0xd8) end -= bytesPerUnit
    this.#left = last ? none : all.slice(end)
    const text = textOf(new Uint16Array(all.slice(0, end).buffer))
    const whole = text.isWellFormed() && (!last || end === all.length)
    if (this.#fatal && !whole) {
      this.#left = none
      return undefined
    }
    return text.toWellFormed() + (last && end < all.length ? '\ufffd' : '')
  }
}
