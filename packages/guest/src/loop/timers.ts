interface Timer {
  readonly id: number
  readonly callback: (...args: unknown[]) => unknown
  readonly args: readonly unknown[]
  /** Milliseconds that were asked for. */
  readonly wait: number
  readonly repeats: boolean
  /** HTML's timer nesting level of its task. */
  level: number
  due: number
  /** Position among timers that are due at the same time (HTML: in order of creation). */
  order: number
}

/** The longest delay HTML's timers can express; longer ones run at once, as in browsers. */
const maxDelay = 2 ** 31 - 1
/** Timers that timers started more than this deep wait for `leastNested` milliseconds at least. */
const mostNested = 5
const leastNested = 4

/** Timers by due time (HTML §8.7): a binary heap, so that ten thousand of them stay cheap. */
export class Timers {
  readonly #heap: Timer[] = []
  readonly #byId = new Map<number, Timer>()
  #lastId = 0
  #lastOrder = 0
  /** The timer whose task is running. */
  #running: Timer | undefined
  readonly #wake: (at: number) => void

  /** @param wake is told when a timer wants the loop to run. Default: nobody is. */
  constructor(wake: (at: number) => void = () => {}) {
    this.#wake = wake
  }

  get size(): number {
    return this.#byId.size
  }

  /** An id for something else that scripts can stop: ids are never used twice. */
  newId(): number {
    return ++this.#lastId
  }

  get lastId(): number {
    return this.#lastId
  }

  /** Starts a timer and returns its id, which is positive (HTML §8.7, timer initialisation steps). */
  start(
    callback: (...args: unknown[]) => unknown,
    delay: unknown,
    args: readonly unknown[],
    now: number,
    repeats: boolean,
  ): number {
    const wait = clampDelay(delay)
    const level = this.#running?.level ?? 0
    const timer = { id: this.newId(), callback, args, wait, repeats, level, due: 0, order: 0 }
    this.#byId.set(timer.id, timer)
    this.#arm(timer, now)
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

  /**
   * Takes the earliest timer that is due by `now` and was started before order `before`. Its task
   * lasts until `done`.
   */
  takeDue(now: number, before: number): (() => unknown) | undefined {
    this.done(now)
    this.#skipStopped()
    const timer = this.#heap[0]
    if (timer === undefined || timer.due > now || timer.order > before) return undefined
    this.#pop()
    this.#running = timer
    if (!timer.repeats) this.#byId.delete(timer.id)
    // HTML's `this` of a timer callback is the global object.
    return () => Reflect.apply(timer.callback, globalThis, timer.args)
  }

  /** The task of the timer that was taken last is over: an interval that it did not stop starts anew. */
  done(now: number): void {
    const timer = this.#running
    if (timer === undefined) return
    this.#running = undefined
    if (this.#byId.get(timer.id) === timer) this.#arm(timer, now)
  }

  /** Timers started later than this have a higher order. */
  get lastOrder(): number {
    return this.#lastOrder
  }

  /** HTML's timer initialisation steps: a task may wait longer, by how deep its timer is nested. */
  #arm(timer: Timer, now: number): void {
    timer.due = now + (timer.level > mostNested ? Math.max(timer.wait, leastNested) : timer.wait)
    timer.level++
    timer.order = ++this.#lastOrder
    this.#push(timer)
    this.#wake(timer.due)
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
