import { timerDelay } from '../timer-delay.js'

/** How long a connection may be open, and be without messages, in milliseconds. */
export interface LifetimeLimits {
  readonly idleTimeoutMs: number
  readonly lifetimeMs: number
}

/** How often within the idle time a connection is looked at: nothing is done for every message. */
const looks = 8

/** Ends connections that are used for nothing, or that are too old. */
export class Lifetime {
  readonly #idle: NodeJS.Timeout
  readonly #end: NodeJS.Timeout

  /**
   * @param used grows with every message, in either direction.
   * @param over is called at most once for each of the two.
   */
  constructor(
    { idleTimeoutMs, lifetimeMs }: LifetimeLimits,
    used: () => number,
    over: (limit: 'idleTimeoutMs' | 'lifetimeMs') => void,
  ) {
    let before = used()
    let unused = 0
    this.#idle = setInterval(
      () => {
        const now = used()
        unused = now === before ? unused + 1 : 0
        before = now
        if (unused < looks) return
        this.stop()
        over('idleTimeoutMs')
      },
      timerDelay(Math.max(1, idleTimeoutMs / looks)),
    )
    this.#end = setTimeout(() => {
      this.stop()
      over('lifetimeMs')
    }, timerDelay(lifetimeMs))
  }

  stop(): void {
    clearInterval(this.#idle)
    clearTimeout(this.#end)
  }
}
