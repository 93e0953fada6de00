import { timerDelay } from '../timer-delay.js'

/** Ends what runs longer than it may; time in which it waits for the host does not count. */
export class Watchdog {
  readonly #bite: () => void
  #left = 0
  #since = 0
  #timer: NodeJS.Timeout | undefined

  constructor(bite: () => void) {
    this.#bite = bite
  }

  /** @param limitMs from now on, in milliseconds. */
  start(limitMs: number): void {
    this.#left = limitMs
    this.resume()
  }

  pause(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#left -= performance.now() - this.#since
  }

  resume(): void {
    clearTimeout(this.#timer)
    this.#since = performance.now()
    this.#timer = setTimeout(this.#bite, timerDelay(Math.max(1, this.#left)))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
