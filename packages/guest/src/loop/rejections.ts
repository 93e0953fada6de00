/** Promises that were rejected without a handler; reported once, when their task is over. */
export class Rejections {
  readonly #unhandled = new Map<object, unknown>()

  /** HTML §8.1.7.3, HostPromiseRejectionTracker. */
  track(promise: object, reason: unknown, handled: boolean): void {
    if (handled) this.#unhandled.delete(promise)
    else this.#unhandled.set(promise, reason)
  }

  /** Takes what no handler was added to. */
  take(): unknown[] {
    if (this.#unhandled.size === 0) return []
    const reasons = [...this.#unhandled.values()]
    this.#unhandled.clear()
    return reasons
  }
}
