import { native } from '../native.js'

/** The most bytes that a UTF-16 code unit takes in UTF-8. */
const bytesPerUnit = 3

/** WHATWG Encoding §7.3; UTF-8 is made by the engine. */
export class TextEncoder {
  get encoding(): string {
    return 'utf-8'
  }

  encode(text: unknown = ''): Uint8Array {
    return native.encode(String(text))
  }

  encodeInto(source: unknown, destination: Uint8Array): { read: number; written: number } {
    const text = String(source)
    const room = destination.length
    if (text.length * bytesPerUnit <= room) {
      const bytes = native.encode(text)
      destination.set(bytes)
      return { read: text.length, written: bytes.length }
    }
    // A unit takes at least one byte; one more, so that no pair of surrogates is cut in two.
    const bytes = native.encode(text.slice(0, room + 1))
    let written = Math.min(room, bytes.length)
    while (written < bytes.length && written > 0 && isContinuation(bytes[written])) written--
    const whole = bytes.subarray(0, written)
    destination.set(whole)
    // A lone surrogate became U+FFFD, which is one unit as well.
    return { read: native.decode(whole).length, written }
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
