/**
 * Whether something comes faster than it may. Looks at the clock only when the bound is reached, since it
 * is asked for every message.
 */
export class RateMeter {
  readonly #limit: number
  readonly #windowMs: number
  #used = 0
  #since = performance.now()

  /** @param limit how much there may be within `windowMs` milliseconds. */
  constructor(limit: number, windowMs: number) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** Counts, and answers whether it is too much by now. */
  exceeds(amount: number): boolean {
    this.#used += amount
    if (this.#used <= this.#limit) return false
    const now = performance.now()
    if (now - this.#since < this.#windowMs) return true
    this.#since = now
    this.#used = amount
    return amount > this.#limit
  }
}
