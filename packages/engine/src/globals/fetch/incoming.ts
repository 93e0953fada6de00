import type { ByteSource } from '../blob/byte-stream.js'

interface Waiter {
  resolve(chunk: Uint8Array | undefined): void
  reject(error: unknown): void
}

/** Bytes that the host delivers as they come. */
export class Incoming implements ByteSource {
  readonly #onCancel: () => void
  readonly #chunks: Uint8Array[] = []
  readonly #waiters: Waiter[] = []
  #ended = false
  #failed = false
  #error: unknown

  /** @param onCancel nobody wants the rest. */
  constructor(onCancel: () => void) {
    this.#onCancel = onCancel
  }

  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#chunks.push(chunk)
    else waiter.resolve(chunk)
  }

  end(): void {
    this.#ended = true
    for (const { resolve } of this.#waiters.splice(0)) resolve(undefined)
  }

  fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failed = true
    this.#error = error
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }

  async pull(): Promise<Uint8Array | undefined> {
    // A failure comes first: the chunks before it are of no use, as in the standard.
    if (this.#failed) throw this.#error
    const chunk = this.#chunks.shift()
    if (chunk !== undefined || this.#ended) return chunk
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
    })
  }

  cancel(): void {
    if (!this.#ended) this.#onCancel()
    this.#chunks.length = 0
    this.end()
  }
}
