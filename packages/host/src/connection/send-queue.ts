/** Messages that wait for a connection. */
export class SendQueue {
  readonly #mostMessages: number
  readonly #mostBytes: number
  #messages: { readonly kind: number; readonly data: Uint8Array }[] = []
  #bytes = 0
  #dropped = 0

  /** A bound of 0 is no queue at all. */
  constructor(mostMessages: number, mostBytes: number) {
    this.#mostMessages = mostMessages
    this.#mostBytes = mostBytes
  }

  /** Messages that wait. */
  get size(): number {
    return this.#messages.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How large a message may be that is taken now. */
  get room(): number {
    return this.#messages.length < this.#mostMessages ? this.#mostBytes - this.#bytes : 0
  }

  /** Keeps a copy; false when there is no room for it, which is counted. */
  add(kind: number, data: Uint8Array): boolean {
    if (this.#messages.length >= this.#mostMessages || data.length > this.room) {
      this.#dropped++
      return false
    }
    this.#messages.push({ kind, data: data.slice() })
    this.#bytes += data.length
    return true
  }

  /** Hands everything over, in order; answers how many were refused before. */
  flush(send: (kind: number, data: Uint8Array) => void): number {
    const dropped = this.#dropped
    const messages = this.#messages
    this.clear()
    for (const { kind, data } of messages) send(kind, data)
    return dropped
  }

  clear(): void {
    this.#messages = []
    this.#bytes = 0
    this.#dropped = 0
  }
}
