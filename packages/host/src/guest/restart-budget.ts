/** How often a plugin may be built anew before it is given up. */
export interface RestartOptions {
  /** Restarts within the time. Default: 5. */
  readonly times: number
  /** The time, in milliseconds. Default: 60,000. */
  readonly withinMs: number
}

export const defaultRestart: RestartOptions = { times: 5, withinMs: 60_000 }

/** Counts restarts, so that a plugin that crashes at once does not do so for ever. */
export class RestartBudget {
  readonly #options: RestartOptions
  #restarts: number[] = []

  constructor(options: RestartOptions) {
    this.#options = options
  }

  /** Whether one more is allowed now; then it counts. */
  spend(now: number = performance.now()): boolean {
    const { times, withinMs } = this.#options
    this.#restarts = this.#restarts.filter((time) => now - time < withinMs)
    if (this.#restarts.length >= times) return false
    this.#restarts.push(now)
    return true
  }

  toString(): string {
    const { times, withinMs } = this.#options
    return `${times} restarts within ${withinMs} ms`
  }
}
