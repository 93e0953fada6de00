interface Timer {
  readonly id: number
  readonly callback: (...args: unknown[]) => unknown
  readonly args: readonly unknown[]
  /** Milliseconds between runs; undefined for a timeout. */
  readonly interval: number | undefined
  due: number
  /** Position among timers that are due at the same time (HTML: in order of creation). */
  order: number
}

/** The longest delay HTML's timers can express; longer ones run at once, as in browsers. */
const maxDelay = 2 ** 31 - 1
/** Intervals shorter than this would starve everything else. */
const minInterval = 1

/** Timers by due time: a binary heap, so that ten thousand of them stay cheap. */
export class Timers {
  readonly #heap: Timer[] = []
  readonly #byId = new Map<number, Timer>()
  #lastId = 0
  #lastOrder = 0

  get size(): number {
    return this.#byId.size
  }

  /** Starts a timer and returns its id, which is positive (HTML §8.7, timer initialisation steps). */
  start(
    callback: (...args: unknown[]) => unknown,
    delay: unknown,
    args: readonly unknown[],
    now: number,
    repeat: boolean,
  ): number {
    const wait = clampDelay(delay)
    const interval = repeat ? Math.max(wait, minInterval) : undefined
    const timer: Timer = {
      id: ++this.#lastId,
      callback,
      args,
      interval,
      due: now + (interval ?? wait),
      order: ++this.#lastOrder,
    }
    this.#byId.set(timer.id, timer)
    this.#push(timer)
    return timer.id
  }

  /** Stops a timer. Ids that are unknown are ignored, as HTML asks. */
  stop(id: unknown): void {
    this.#byId.delete(Number(id))
    // The heap entry stays until it is due: `next` and `takeDue` skip what is not in the map.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#byId.size) this.#compact()
  }

  /** Moves every timer: those set while the plugin was built count from its first entry. */
  shift(milliseconds: number): void {
    for (const timer of this.#heap) timer.due += milliseconds
  }

  /** When the next timer is due; Infinity for never. */
  next(): number {
    this.#skipStopped()
    return this.#heap[0]?.due ?? Infinity
  }

  /** Takes the earliest timer that is due by `now` and was started before order `before`. */
  takeDue(now: number, before: number): (() => unknown) | undefined {
    this.#skipStopped()
    const timer = this.#heap[0]
    if (timer === undefined || timer.due > now || timer.order > before) return undefined
    this.#pop()
    if (timer.interval === undefined) {
      this.#byId.delete(timer.id)
    } else {
      timer.due = now + timer.interval
      timer.order = ++this.#lastOrder
      this.#push(timer)
    }
    // HTML's `this` of a timer callback is the global object.
    return () => Reflect.apply(timer.callback, globalThis, timer.args)
  }

  /** Timers started later than this have a higher order. */
  get lastOrder(): number {
    return this.#lastOrder
  }

  #skipStopped(): void {
    let first = this.#heap[0]
    while (first !== undefined && this.#byId.get(first.id) !== first) {
      this.#pop()
      first = this.#heap[0]
    }
  }

  #compact(): void {
    const live = this.#heap.filter((timer) => this.#byId.get(timer.id) === timer)
    this.#heap.length = 0
    for (const timer of live) this.#push(timer)
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(timer, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      let below = heap[child]
      if (below === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, below)) {
        child += 1
        below = right
      }
      if (!isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

function clampDelay(delay: unknown): number {
  const wait = Math.trunc(Number(delay))
  return wait > 0 && wait <= maxDelay ? wait : 0
}
