import { bytesOf } from '../bytes.js'
import type { ChunkDecoder } from '../text/chunk-decoder.js'
import { encodingOf, type Encoding } from '../text/encoding.js'
import { Utf16Decoder } from '../text/utf-16le.js'
import { Utf8Decoder } from '../text/utf-8.js'
import { Windows1252Decoder } from '../text/windows-1252.js'

const decoders = {
  'utf-8': Utf8Decoder,
  'utf-16le': Utf16Decoder,
  'windows-1252': Windows1252Decoder,
} as const satisfies Record<Encoding, new (fatal: boolean) => ChunkDecoder>

/** WHATWG Encoding §7.2, for the three encodings that occur. */
export class TextDecoder {
  readonly #encoding: Encoding
  readonly #fatal: boolean
  readonly #ignoreMark: boolean
  #decoder: ChunkDecoder | undefined
  /** Whether the beginning has been decoded, where a byte order mark would be. */
  #begun = false

  constructor(label: unknown = 'utf-8', options?: { fatal?: unknown; ignoreBOM?: unknown } | null) {
    const encoding = encodingOf(String(label))
    if (encoding === undefined) {
      throw new RangeError(
        `TextDecoder: encoding "${String(label)}" is not supported, only utf-8, utf-16le and windows-1252 are`,
      )
    }
    this.#encoding = encoding
    this.#fatal = Boolean(options?.fatal)
    this.#ignoreMark = Boolean(options?.ignoreBOM)
  }

  get encoding(): string {
    return this.#encoding
  }

  get fatal(): boolean {
    return this.#fatal
  }

  get ignoreBOM(): boolean {
    return this.#ignoreMark
  }

  decode(input?: unknown, options?: { stream?: unknown } | null): string {
    const stream = Boolean(options?.stream)
    const bytes = input === undefined ? new Uint8Array(0) : bytesOf(input)
    const decoder = (this.#decoder ??= new decoders[this.#encoding](this.#fatal))
    const text = decoder.decode(bytes, !stream)
    const begun = this.#begun
    this.#begun = stream && (begun || text !== '')
    if (!stream) this.#decoder = undefined
    if (text === undefined) {
      throw new TypeError(`TextDecoder: the input is not valid ${this.#encoding.toUpperCase()}`)
    }
    const { mark } = decoder
    return !begun && !this.#ignoreMark && mark !== '' && text.startsWith(mark)
      ? text.slice(1)
      : text
  }
}
