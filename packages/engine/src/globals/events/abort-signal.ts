import {
  abortState,
  defineHandlers,
  Event,
  EventTarget,
  fire,
  newAbortState,
  type AbortState,
} from '@extism-ws/guest/events'

import { loop, native } from '../engine.js'

/** Handed to the constructors that scripts must not call. */
const internal = Symbol('internal')
/** The longest delay that a timer can have: 24 days. */
const maxDelay = 2 ** 31 - 1

let abort: (signal: AbortSignal, reason: unknown) => void

/** WHATWG DOM §3.2. */
export class AbortSignal extends EventTarget {
  declare onabort: ((event: Event) => unknown) | null
  readonly #state: AbortState
  readonly #dependents = new Set<AbortSignal>()
  #sources: readonly AbortSignal[] = []

  constructor(permission?: unknown) {
    if (permission !== internal) throw new TypeError('Illegal constructor')
    super()
    this.#state = newAbortState(this)
  }

  static {
    abort = (signal, reason) => signal.#abort(reason)
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(internal)
    signal.#state.aborted = true
    signal.#state.reason = orAbortError(reason)
    return signal
  }

  static timeout(milliseconds: unknown): AbortSignal {
    const delay = Number(milliseconds)
    if (!(delay >= 0) || delay > Number.MAX_SAFE_INTEGER) {
      throw new TypeError(
        `AbortSignal.timeout: ${String(milliseconds)} is not a number of milliseconds`,
      )
    }
    const signal = new AbortSignal(internal)
    const expire = (): void =>
      signal.#abort(new DOMException('The operation timed out.', 'TimeoutError'))
    // A longer timer would be due at once, as HTML has it.
    loop.timers.start(expire, Math.min(delay, maxDelay), [], native.now(), false)
    return signal
  }

  /** DOM §3.2.1. The sources hold a dependent signal until one of them aborts. */
  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const given = [...signals]
    const states = given.map(abortState)
    const signal = new AbortSignal(internal)
    const aborted = states.find((state) => state.aborted)
    if (aborted !== undefined) {
      signal.#state.aborted = true
      signal.#state.reason = aborted.reason
      return signal
    }
    // Of a dependent signal, its sources: they all abort before any event is fired.
    const sources = new Set(given.flatMap((of) => (of.#sources.length > 0 ? of.#sources : [of])))
    signal.#sources = [...sources]
    for (const source of sources) source.#dependents.add(signal)
    return signal
  }

  get aborted(): boolean {
    return this.#state.aborted
  }

  get reason(): unknown {
    return this.#state.reason
  }

  throwIfAborted(): void {
    if (this.#state.aborted) throw this.#state.reason
  }

  #abort(given: unknown): void {
    if (this.#state.aborted) return
    const reason = orAbortError(given)
    const all: AbortSignal[] = [this, ...this.#dependents]
    for (const signal of all) {
      signal.#state.aborted = true
      signal.#state.reason = reason
      for (const source of signal.#sources) source.#dependents.delete(signal)
    }
    for (const signal of all) {
      for (const step of signal.#state.steps) step()
      fire(signal, new Event('abort'))
    }
  }
}

defineHandlers(AbortSignal.prototype, ['abort'])

/** WHATWG DOM §3.1. */
export class AbortController {
  readonly #signal = new AbortSignal(internal)

  get signal(): AbortSignal {
    return this.#signal
  }

  abort(reason?: unknown): void {
    abort(this.#signal, reason)
  }
}

function orAbortError(reason: unknown): unknown {
  return reason === undefined
    ? new DOMException('This operation was aborted', 'AbortError')
    : reason
}
