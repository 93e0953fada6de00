import { timerDelay } from '../timer-delay.js'

/** Someone who waits for an event, of one socket if it is named. */
interface Waiter {
  readonly socket: number | undefined
  readonly end: () => void
}

/** Host functions that wait for events. A guest runs on one thread: usually it is one at a time. */
export class Waiting {
  readonly #waiters = new Set<Waiter>()

  /** Resolves at the next event, or after so many milliseconds; -1 for no limit. */
  async wait(socket: number | undefined, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = timeoutMs < 0 ? undefined : setTimeout(() => end(), timerDelay(timeoutMs))
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        resolve()
      }
      const waiter = { socket, end }
      this.#waiters.add(waiter)
    })
  }

  /** Whether somebody waits for just this socket. */
  has(socket: number): boolean {
    for (const waiter of this.#waiters) if (waiter.socket === socket) return true
    return false
  }

  /** An event of this socket came. */
  wake(socket: number): void {
    if (this.#waiters.size === 0) return
    for (const waiter of this.#waiters) {
      if (waiter.socket === undefined || waiter.socket === socket) waiter.end()
    }
  }

  wakeAll(): void {
    for (const waiter of this.#waiters) waiter.end()
  }
}
