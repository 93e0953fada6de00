import { bytesOf, concatenated } from '../../prelude/bytes.js'
import { engine, native } from '../engine.js'
import { byteStream, type ByteStream } from './byte-stream.js'

interface BlobOptions {
  type?: unknown
  endings?: unknown
}

/** Bytes per chunk of a stream. */
const chunkBytes = 65_536

let bytesOfBlob: (blob: Blob) => Uint8Array
let setBytes: (blob: Blob, bytes: Uint8Array) => void

/** W3C File API §3. Its bytes never change: slices share them. */
export class Blob {
  #bytes: Uint8Array
  readonly #type: string

  static {
    bytesOfBlob = (blob) => blob.#bytes
    setBytes = (blob, bytes) => {
      blob.#bytes = bytes
    }
    // For `send` of a WebSocket, which must not lose its place to an `await`.
    engine.bytesOfBlob = (value) =>
      typeof value === 'object' && value !== null && #bytes in value ? value.#bytes : undefined
  }

  constructor(parts: Iterable<unknown> = [], options?: BlobOptions | null) {
    if (typeof parts !== 'object' || parts === null || !(Symbol.iterator in parts)) {
      throw new TypeError('Blob: the parts must be a sequence')
    }
    const lines = options?.endings === 'native'
    // A copy: the parts may change.
    this.#bytes = concatenated(Array.from(parts, (part) => bytesOfPart(part, lines)))
    this.#type = normalType(options?.type)
  }

  get size(): number {
    return this.#bytes.length
  }

  get type(): string {
    return this.#type
  }

  slice(start: unknown = 0, end: unknown = this.size, type: unknown = ''): Blob {
    const blob = new Blob([], { type })
    const [from, to] = [Math.trunc(Number(start)) || 0, Math.trunc(Number(end)) || 0]
    setBytes(blob, this.#bytes.subarray(from, to))
    return blob
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer as ArrayBuffer
  }

  async bytes(): Promise<Uint8Array> {
    return this.#bytes.slice()
  }

  async text(): Promise<string> {
    // UTF-8 decode: a byte order mark is no part of the text (Encoding §6).
    return native.decode(this.#bytes).replace(/^\ufeff/, '')
  }

  stream(): ByteStream {
    let at = 0
    return byteStream({
      pull: async () => {
        if (at >= this.#bytes.length) return undefined
        const chunk = this.#bytes.slice(at, at + chunkBytes)
        at += chunk.length
        return chunk
      },
      cancel() {},
    })
  }
}

/** W3C File API §4. */
export class File extends Blob {
  readonly #name: string
  readonly #lastModified: number

  constructor(
    parts: Iterable<unknown>,
    name: unknown,
    options?: (BlobOptions & { lastModified?: unknown }) | null,
  ) {
    if (arguments.length < 2) throw new TypeError('File: the name is missing')
    super(parts, options)
    this.#name = String(name).toWellFormed()
    this.#lastModified = Math.trunc(Number(options?.lastModified ?? Date.now())) || 0
  }

  get name(): string {
    return this.#name
  }

  get lastModified(): number {
    return this.#lastModified
  }

  get webkitRelativePath(): string {
    return ''
  }
}

function bytesOfPart(part: unknown, nativeLines: boolean): Uint8Array {
  if (part instanceof Blob) return bytesOfBlob(part)
  if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) return bytesOf(part)
  const text = String(part)
  return native.encode(nativeLines ? text.replace(/\r\n?/g, '\n') : text)
}

function normalType(type: unknown = ''): string {
  const text = String(type)
  return /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : ''
}
