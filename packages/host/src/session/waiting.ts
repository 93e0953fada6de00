/** Someone who waits for an event, of one socket if it is named. */
interface Waiter {
  readonly socket: number | undefined
  readonly resolve: () => void
}

/** The longest delay of Node's timers, in milliseconds. */
const maxDelay = 2 ** 31 - 1

/** Host functions that wait for events. A guest runs on one thread: usually it is one at a time. */
export class Waiting {
  readonly #waiters = new Set<Waiter>()

  /** Resolves at the next event, or after so many milliseconds; -1 for no limit. */
  async wait(socket: number | undefined, timeoutMs: number): Promise<void> {
    let waiter: Waiter | undefined
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      waiter = { socket, resolve }
      this.#waiters.add(waiter)
      if (timeoutMs >= 0) timer = setTimeout(resolve, Math.min(timeoutMs, maxDelay))
    })
    clearTimeout(timer)
    if (waiter !== undefined) this.#waiters.delete(waiter)
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
      if (waiter.socket === undefined || waiter.socket === socket) waiter.resolve()
    }
  }

  wakeAll(): void {
    for (const waiter of this.#waiters) waiter.resolve()
  }
}
