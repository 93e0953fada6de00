/** What is called when a signal aborts. */
class Listener {
  readonly #signal: AbortSignal
  readonly #runs = new Set<() => void>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(run: () => void): void {
    if (this.#runs.size === 0) this.#signal.addEventListener('abort', this.#runAll)
    this.#runs.add(run)
  }

  delete(run: () => void): void {
    this.#runs.delete(run)
    if (this.#runs.size === 0) this.#signal.removeEventListener('abort', this.#runAll)
  }

  #runAll = (): void => {
    for (const run of this.#runs) run()
  }
}

/** One for each signal, however many calls it is for: Node 20 warns of a leak from the eleventh on. */
const listeners = new WeakMap<AbortSignal, Listener>()

/** Calls `run` when the signal aborts, in the order in which they were added. */
export function addAbortListener(signal: AbortSignal, run: () => void): void {
  const listener = listeners.get(signal) ?? new Listener(signal)
  listeners.set(signal, listener)
  listener.add(run)
}

export function removeAbortListener(signal: AbortSignal, run: () => void): void {
  listeners.get(signal)?.delete(run)
}
