import { native } from '../native.js'

/** WHATWG Encoding §7.3; UTF-8 is made by the engine. */
export class TextEncoder {
  readonly encoding = 'utf-8'

  encode(text: unknown = ''): Uint8Array {
    return native.encode(String(text))
  }

  encodeInto(text: unknown, destination: Uint8Array): { read: number; written: number } {
    let read = 0
    let written = 0
    for (const character of String(text)) {
      const bytes = native.encode(character)
      if (written + bytes.length > destination.length) break
      destination.set(bytes, written)
      written += bytes.length
      read += character.length
    }
    return { read, written }
  }
}
