/**
 * What may come after reading was stopped, besides a message that had begun: of the 64 KiB that can have been
 * read by then, ordinary text makes less when it is decompressed, and zeros 64 MiB.
 */
const mostAfter = 16 * 2 ** 20

/** What comes of what had been read when reading was stopped: a little of it may have been compressed to less. */
export class Surplus {
  readonly #most: number
  #bytes = 0

  /** @param messageBytes how large a message may be. */
  constructor(messageBytes: number) {
    this.#most = messageBytes + mostAfter
  }

  /** It is read again. */
  clear(): void {
    this.#bytes = 0
  }

  /** Counts a message, and says so when it is too much by now. */
  refusal(bytes: number): string | undefined {
    this.#bytes += bytes
    if (this.#bytes <= this.#most) return undefined
    return (
      `what was read before reading was stopped came to more than ${this.#most} bytes decompressed ` +
      '(sockets.messageBytes and 16 MiB)'
    )
  }
}
