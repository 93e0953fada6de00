import { errorAt } from '../error.js'
import { decodeText } from './text.js'

/**
 * Reads a Wasm binary, or a part of one, from front to back.
 *
 * Every method checks bounds and encodings, and throws WasmError where the bytes do not hold what
 * was asked for.
 */
export class ByteReader {
  readonly bytes: Uint8Array
  /** Index of the next byte in `bytes`. */
  position = 0
  /** Where `bytes` starts in the whole binary; counted in the offsets of errors. */
  readonly base: number

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes
    this.base = base
  }

  get done(): boolean {
    return this.position >= this.bytes.length
  }

  /** The next byte's place in the whole binary. */
  get offset(): number {
    return this.base + this.position
  }

  fail(message: string, position = this.position): never {
    throw errorAt(this.base + position, message)
  }

  u8(): number {
    return this.bytes[this.position++] ?? this.fail('unexpected end', this.bytes.length)
  }

  /** Core spec §5.2.2: at most 5 bytes, and no bits beyond the 32nd. */
  u32(): number {
    const start = this.position
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8()
      if (shift === 28 && byte > 0x0f) this.fail('an integer does not fit u32', start)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  u64(): bigint {
    return this.#integer(64, false)
  }

  s32(): number {
    return Number(this.#integer(32, true))
  }

  /** A block type or a heap type: a type index, or a type written as a negative byte. */
  s33(): number {
    return Number(this.#integer(33, true))
  }

  s64(): bigint {
    return this.#integer(64, true)
  }

  /** Skips an integer whose value does not matter. */
  skipInteger(bits: 32 | 33 | 64): void {
    if (this.u8() < 0x80) return
    const start = this.position - 1
    const end = start + Math.ceil(bits / 7)
    while (this.u8() >= 0x80) {
      if (this.position === end) this.fail(`an integer is too long for ${bits} bits`, start)
    }
  }

  skip(length: number): void {
    if (length > this.bytes.length - this.position) {
      this.fail('unexpected end', this.bytes.length)
    }
    this.position += length
  }

  /** The next `length` bytes, as a view of the input. */
  take(length: number): Uint8Array {
    const start = this.position
    this.skip(length)
    return this.view(start, this.position)
  }

  /** A view of the input. Always a plain Uint8Array, also of a Node Buffer. */
  view(start: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, end - start)
  }

  name(): string {
    const length = this.u32()
    const start = this.position
    return decodeText(this.take(length)) ?? this.fail('a name is not UTF-8', start)
  }

  /** A vector (core spec §5.1.3). */
  list<T>(item: (reader: ByteReader) => T): T[] {
    const items: T[] = []
    // The count is the input's claim: nothing is reserved for it, the loop ends with the bytes.
    for (let count = this.u32(); count > 0; count--) items.push(item(this))
    return items
  }

  /** Checks that everything has been read. */
  end(what: string): void {
    if (!this.done) this.fail(`${what} is longer than its content`)
  }

  #integer(bits: number, signed: boolean): bigint {
    const start = this.position
    let value = 0n
    let shift = 0
    for (;;) {
      const byte = this.u8()
      value |= BigInt(byte & 0x7f) << BigInt(shift)
      shift += 7
      if (byte < 0x80) break
      if (shift >= bits) this.fail(`an integer is too long for ${bits} bits`, start)
    }
    if (signed) value = BigInt.asIntN(shift, value)
    const fits = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
    if (fits !== value) this.fail(`an integer does not fit ${bits} bits`, start)
    return value
  }
}
