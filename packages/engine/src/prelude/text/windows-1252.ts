import { textOf, type ChunkDecoder } from './chunk-decoder.js'

/** Where windows-1252 differs from Latin-1: 0x80 to 0x9f. */
const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** WHATWG Encoding §9, a single-byte encoding in which no byte is malformed. */
export class Windows1252Decoder implements ChunkDecoder {
  readonly mark = ''

  decode(bytes: Uint8Array): string {
    return textOf(bytes).replace(/[\x80-\x9f]/g, (byte) => upper[byte.charCodeAt(0) - 0x80] ?? byte)
  }
}
