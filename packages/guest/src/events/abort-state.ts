/** What DOM §3.2 keeps about a signal. */
export interface AbortState {
  aborted: boolean
  reason: unknown
  /** Run once, before the listeners of the `abort` event. */
  readonly steps: Set<() => void>
}

const states = new WeakMap<object, AbortState>()

export function newAbortState(signal: object): AbortState {
  const state = { aborted: false, reason: undefined, steps: new Set<() => void>() }
  states.set(signal, state)
  return state
}

/** The state of a signal; a TypeError for anything else. */
export function abortState(signal: unknown): AbortState {
  const state = typeof signal === 'object' && signal !== null ? states.get(signal) : undefined
  if (state === undefined) throw new TypeError('the signal is not an AbortSignal')
  return state
}
