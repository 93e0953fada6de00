import { bytesOf } from '../../prelude/bytes.js'
import type { ByteSource } from '../blob/byte-stream.js'
import { native } from '../engine.js'

interface Parts {
  readonly bytes?: Uint8Array | undefined
  readonly source?: ByteSource | undefined
  /** The stream that the source reads, where a script gave one. */
  readonly stream?: object
  readonly type?: string
}

/** What a body is made of: bytes that are there, or a source that they come from. */
export class BodyContent {
  readonly bytes: Uint8Array | undefined
  readonly source: ByteSource | undefined
  readonly stream: object | undefined
  /** What `content-type` is when nobody says so. */
  readonly type: string | undefined

  constructor({ bytes, source, stream, type }: Parts) {
    this.bytes = bytes
    this.source = source
    this.stream = stream
    this.type = type
  }
}

interface BlobLike {
  readonly type: string
  bytes(): Promise<Uint8Array>
}

/** WHATWG Fetch §5.2, "extract a body"; null for none. Content stays what it is. */
export function extractBody(init: unknown): BodyContent | null {
  if (init === undefined || init === null) return null
  return init instanceof BodyContent ? init : new BodyContent(partsOf(init))
}

function partsOf(init: unknown): Parts {
  const { Blob, URLSearchParams } = globalThis as {
    Blob?: new () => BlobLike
    URLSearchParams?: new () => object
  }
  if (init instanceof ArrayBuffer || ArrayBuffer.isView(init)) {
    return { bytes: bytesOf(init).slice() }
  }
  if (Blob !== undefined && init instanceof Blob) {
    const source = once(() => init.bytes())
    return init.type === '' ? { source } : { source, type: init.type }
  }
  if (URLSearchParams !== undefined && init instanceof URLSearchParams) {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8'
    return { bytes: native.encode(String(init)), type }
  }
  if (isAsyncIterable(init)) return { source: iterated(init), stream: init }
  return { bytes: native.encode(String(init)), type: 'text/plain;charset=UTF-8' }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function once(read: () => Promise<Uint8Array>): ByteSource {
  let left = true
  return {
    pull: async () => {
      if (!left) return undefined
      left = false
      return read()
    },
    cancel() {},
  }
}

function iterated(stream: AsyncIterable<unknown>): ByteSource {
  let iterator: AsyncIterator<unknown> | undefined
  return {
    pull: async () => {
      iterator ??= stream[Symbol.asyncIterator]()
      const { done, value } = await iterator.next()
      if (done === true) return undefined
      if (value instanceof Uint8Array) return value
      throw new TypeError('a chunk of the body is not a Uint8Array')
    },
    cancel: () => void iterator?.return?.(),
  }
}
