/** The part of `ReadableStream` that is used here. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  readonly locked: boolean
  cancel(reason?: unknown): Promise<void>
}

/** Where a stream's bytes come from. */
export interface ByteSource {
  /** The next chunk; undefined at the end. */
  pull(): Promise<Uint8Array | undefined>
  cancel(reason?: unknown): void
}

interface Controller {
  enqueue(chunk: Uint8Array): void
  close(): void
}

type StreamClass = new (
  source: {
    type: 'bytes'
    pull(controller: Controller): Promise<void>
    cancel(reason: unknown): void
  },
  strategy: { highWaterMark: number },
) => ByteStream

/**
 * A `ReadableStream` of bytes where the plugin has that class, which it does when its code names it
 * or one of its methods; otherwise what `for await` and `cancel` need of one.
 */
export function byteStream(source: ByteSource): ByteStream {
  const { ReadableStream } = globalThis as { ReadableStream?: StreamClass }
  if (ReadableStream === undefined) return new IterableBytes(source)
  return new ReadableStream(
    {
      type: 'bytes',
      async pull(controller) {
        const chunk = await source.pull()
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

class IterableBytes implements ByteStream {
  readonly #source: ByteSource
  #locked = false

  constructor(source: ByteSource) {
    this.#source = source
  }

  get locked(): boolean {
    return this.#locked
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.#locked) throw new TypeError('the stream is being read')
    this.#source.cancel(reason)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#locked) throw new TypeError('the stream is being read')
    this.#locked = true
    let ended = false
    try {
      for (;;) {
        const chunk = await this.#source.pull()
        ended = chunk === undefined
        if (chunk === undefined) return
        yield chunk
      }
    } finally {
      this.#locked = false
      if (!ended) this.#source.cancel()
    }
  }
}
