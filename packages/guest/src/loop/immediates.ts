type Run = () => unknown

/** Tasks that want to run as soon as the running one is over: Node's `setImmediate`. */
export class Immediates {
  readonly #tasks = new Map<number, Run>()

  readonly #wake: (at: number) => void

  /** @param wake is told when there is a task. Default: nobody is. */
  constructor(wake: (at: number) => void = () => {}) {
    this.#wake = wake
  }

  get waiting(): boolean {
    return this.#tasks.size > 0
  }

  /** @param id one that no timer has. */
  start(id: number, callback: (...args: unknown[]) => unknown, args: readonly unknown[]): void {
    this.#tasks.set(id, () => Reflect.apply(callback, globalThis, args))
    this.#wake(0)
  }

  /** Stops one. Ids that are unknown are ignored. */
  stop(id: unknown): void {
    this.#tasks.delete(Number(id))
  }

  /** Takes the oldest one with an id up to `newest`. */
  take(newest: number): Run | undefined {
    const [next] = this.#tasks
    if (next === undefined || next[0] > newest) return undefined
    this.#tasks.delete(next[0])
    return next[1]
  }
}
