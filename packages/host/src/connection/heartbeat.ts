import { withDefaults } from '../limits.js'
import { timerDelay } from '../timer-delay.js'

/** Pings of the protocol (RFC 6455 §5.5.2), by which a connection that is dead is found out. */
export interface HeartbeatOptions {
  /** Time between two pings, in milliseconds. Default: 30,000. */
  readonly intervalMs: number
  /** Time in which something must come back, in milliseconds. Default: 10,000. */
  readonly timeoutMs: number
}

export const defaultHeartbeat: HeartbeatOptions = { intervalMs: 30_000, timeoutMs: 10_000 }

/** @throws {TypeError} for times that are not positive, finite numbers. */
export function heartbeatFrom(
  set: Partial<HeartbeatOptions> | false = {},
): HeartbeatOptions | undefined {
  if (set === false) return undefined
  return withDefaults('sockets.heartbeat', { ...defaultHeartbeat }, set)
}

/** What a heartbeat asks of its connection. */
export interface Pulse {
  /** Asks for a sign of life. */
  ask(): void
  /** Grows with everything that comes. */
  signs(): number
  /** Whether nothing is read at present, so that no sign can come. */
  paused(): boolean
  /** Nothing came back in time. */
  dead(): void
}

/**
 * Asks for a sign of life at intervals: a peer that is gone is found out within interval and timeout.
 * It asks also while messages come: only what comes after the question is an answer.
 */
export class Heartbeat {
  readonly #pulse: Pulse
  readonly #interval: NodeJS.Timeout
  #deadline: NodeJS.Timeout | undefined
  /** Signs of life when it was asked last. */
  #before = 0
  #stopped = false

  constructor(pulse: Pulse, { intervalMs, timeoutMs }: HeartbeatOptions) {
    this.#pulse = pulse
    this.#interval = setInterval(() => this.#beat(timeoutMs), timerDelay(intervalMs))
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#interval)
    clearTimeout(this.#deadline)
  }

  #beat(timeoutMs: number): void {
    const pulse = this.#pulse
    if (pulse.paused()) return
    if (this.#deadline !== undefined) {
      // The answer to the question before is still awaited.
      if (pulse.signs() === this.#before) return
      clearTimeout(this.#deadline)
    }
    this.#before = pulse.signs()
    pulse.ask()
    const deadline = setTimeout(() => {
      // When this thread was busy, the answer is there and nobody has read it: that comes first.
      setImmediate(() => this.#judge(deadline))
    }, timerDelay(timeoutMs))
    this.#deadline = deadline
  }

  #judge(deadline: NodeJS.Timeout): void {
    // Answered meanwhile, and asked anew.
    if (this.#stopped || this.#deadline !== deadline) return
    this.#deadline = undefined
    if (this.#pulse.paused() || this.#pulse.signs() !== this.#before) return
    this.stop()
    this.#pulse.dead()
  }
}
