import { bufferOf, concatenated } from '../../prelude/bytes.js'
import { byteStream, type ByteSource, type ByteStream } from '../blob/byte-stream.js'
import { native } from '../engine.js'
import { BodyContent } from './body-init.js'
import type { Headers } from './headers.js'
import { tee } from './tee.js'

type BlobClass = new (parts: Uint8Array[], options: { type: string }) => object

/** Takes a body's content away from it. */
export let takeBody: (from: Body) => BodyContent | null
/** Content that is the same as that of a body which stays usable. */
export let shareBody: (from: Body) => BodyContent | null

/** WHATWG Fetch §5.3, what requests and responses share. */
export abstract class Body {
  #bytes: Uint8Array | undefined
  #source: ByteSource | undefined
  #stream: ByteStream | undefined
  #used = false

  /** @param content null for no body at all. */
  constructor(content: BodyContent | null) {
    this.#bytes = content?.bytes
    this.#source = content?.source
    this.#stream = content?.stream as ByteStream | undefined
  }

  abstract get headers(): Headers

  get body(): ByteStream | null {
    if (this.#bytes === undefined && this.#source === undefined) return null
    this.#stream ??= byteStream(this.#watched())
    return this.#stream
  }

  get bodyUsed(): boolean {
    return this.#used
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return bufferOf(await this.bytes())
  }

  async blob(): Promise<object> {
    const { Blob } = globalThis as unknown as { Blob: BlobClass }
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' })
  }

  async bytes(): Promise<Uint8Array> {
    const content = this.#take('read')
    return content?.bytes?.slice() ?? (await collected(content?.source))
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async text(): Promise<string> {
    const content = this.#take('read')
    const bytes = content?.bytes ?? (await collected(content?.source))
    // UTF-8 decode: a byte order mark is no part of the text (Encoding §6).
    return native.decode(bytes).replace(/^\ufeff/, '')
  }

  static {
    takeBody = (from) => from.#take('used')
    shareBody = (from) => from.#share()
  }

  /** Hands the content out, once. */
  #take(what: string): BodyContent | null {
    this.#check(what)
    if (this.#bytes === undefined && this.#source === undefined) return null
    this.#used = true
    return new BodyContent({ bytes: this.#bytes, source: this.#source })
  }

  /** The content for a clone; this one keeps it as well. */
  #share(): BodyContent | null {
    this.#check('cloned')
    if (this.#bytes !== undefined) return new BodyContent({ bytes: this.#bytes })
    if (this.#source === undefined) return null
    const [own, other] = tee(this.#source)
    this.#source = own
    this.#stream = undefined
    return new BodyContent({ source: other })
  }

  #check(what: string): void {
    if (this.#used) throw new TypeError(`the body cannot be ${what}: it has been used already`)
    if (this.#stream?.locked === true) {
      throw new TypeError(`the body cannot be ${what}: its stream is being read`)
    }
  }

  /** The content as a source that marks the body as used. */
  #watched(): ByteSource {
    let left = this.#bytes
    const use = (): ByteSource | undefined => {
      this.#used = true
      return this.#source
    }
    return {
      pull: async () => {
        const source = use()
        if (source !== undefined) return source.pull()
        const chunk = left?.slice()
        left = undefined
        return chunk?.length === 0 ? undefined : chunk
      },
      cancel: (reason) => use()?.cancel(reason),
    }
  }
}

/** All bytes of a source. */
export async function collected(source: ByteSource | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await source?.pull()
    if (chunk === undefined) break
    chunks.push(chunk)
  }
  return concatenated(chunks)
}
