import { unsignedLeb128 } from './leb128.js'
import { encodeText } from './text.js'

/** Writes a Wasm binary, or a part of one, into memory that grows. */
export class ByteWriter {
  length = 0
  #bytes: Uint8Array<ArrayBuffer>

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity)
  }

  u8(byte: number): void {
    if (this.length === this.#bytes.length) this.#reserve(1)
    this.#bytes[this.length++] = byte
  }

  u32(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.u8(rest)
  }

  s32(value: number): void {
    let rest = value | 0
    while (rest < -0x40 || rest > 0x3f) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    this.u8(rest & 0x7f)
  }

  u64(value: bigint): void {
    this.put(unsignedLeb128(value))
  }

  put(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  name(text: string): void {
    this.block(encodeText(text))
  }

  /** Bytes that are preceded by their length. */
  block(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.put(bytes)
  }

  /** A vector (core spec §5.1.3). */
  list<T>(items: readonly T[], write: (writer: ByteWriter, item: T) => void): void {
    this.u32(items.length)
    for (const item of items) write(this, item)
  }

  /** A copy that owns a buffer of exactly its length: some consumers ignore `byteOffset`. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length)
  }

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
