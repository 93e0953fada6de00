import { stallMs } from '../echo.js'
import type { Stalled } from './client.js'

/** The host calls of a plugin that stalled, and the time that they took. */
export class Stalls {
  count = 0
  milliseconds = 0
  #since = 0

  /** From here on, the plugin and its SDK are at work. */
  start(): void {
    this.#since = performance.now()
  }

  /** The host is at work. */
  end(): void {
    const took = performance.now() - this.#since
    if (took < stallMs) return
    this.count++
    this.milliseconds += took
  }

  /** What there was since the last time. */
  take(): Stalled {
    const { count, milliseconds } = this
    this.count = 0
    this.milliseconds = 0
    return { count, milliseconds }
  }
}
