import { define } from './define.js'

interface Controller {
  enqueue(chunk: unknown): void
}
interface Transform {
  readonly readable: object
  readonly writable: object
}
interface Decoder {
  readonly encoding: string
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  decode(chunk?: unknown, options?: { stream: boolean }): string
}

/** What the core and the script of streams have defined. */
const { TextDecoder, TextEncoder, TransformStream } = globalThis as unknown as {
  TextDecoder: new (label?: unknown, options?: unknown) => Decoder
  TextEncoder: new () => { encode(text: string): Uint8Array }
  TransformStream: new (transformer: {
    transform(chunk: unknown, controller: Controller): void
    flush(controller: Controller): void
  }) => Transform
}

/** WHATWG Encoding §7.5. */
class TextDecoderStream {
  readonly #decoder: Decoder
  readonly #stream: Transform

  constructor(label?: unknown, options?: unknown) {
    const decoder = new TextDecoder(label, options)
    this.#decoder = decoder
    this.#stream = new TransformStream({
      transform: (chunk, to) => pass(decoder.decode(chunk, { stream: true }), to),
      flush: (to) => pass(decoder.decode(), to),
    })
  }

  get encoding(): string {
    return this.#decoder.encoding
  }
  get fatal(): boolean {
    return this.#decoder.fatal
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM
  }
  get readable(): object {
    return this.#stream.readable
  }
  get writable(): object {
    return this.#stream.writable
  }
}

/** WHATWG Encoding §7.6: a pair of surrogates may come in two chunks. */
class TextEncoderStream {
  readonly #stream: Transform

  constructor() {
    const encoder = new TextEncoder()
    let high = ''
    this.#stream = new TransformStream({
      transform: (chunk, to) => {
        const text = high + String(chunk)
        high = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
        pass(encoder.encode(text.slice(0, text.length - high.length)), to)
      },
      flush: (to) => pass(encoder.encode(high), to),
    })
  }

  get encoding(): string {
    return 'utf-8'
  }
  get readable(): object {
    return this.#stream.readable
  }
  get writable(): object {
    return this.#stream.writable
  }
}

/** An empty chunk says nothing. */
function pass(chunk: string | Uint8Array, to: Controller): void {
  if (chunk.length > 0) to.enqueue(chunk)
}

define({ TextDecoderStream, TextEncoderStream })
