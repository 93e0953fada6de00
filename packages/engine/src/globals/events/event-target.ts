import { loop } from '../engine.js'
import { abortState } from './abort-state.js'
import { atTarget, stateOf, type Event, type EventState } from './event.js'

/** A function, or an object whose `handleEvent` is looked up when an event comes (DOM §2.7). */
type Callback = ((event: Event) => unknown) | { handleEvent?: unknown }

interface Listener {
  readonly type: string
  readonly callback: Callback
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  removed: boolean
}

interface ListenerOptions {
  capture?: unknown
  once?: unknown
  passive?: unknown
  signal?: unknown
}

/** Dispatches an event that the engine has made, and not a script. */
export let fire: (target: EventTarget, event: Event) => void

/** WHATWG DOM §2.7 for targets that have no parents. What a listener throws is reported. */
export class EventTarget {
  #listeners: readonly Listener[] = []

  addEventListener(
    type: unknown,
    callback: Callback | null,
    options?: ListenerOptions | boolean,
  ): void {
    const listener = { type: String(type), capture: captureOf(options), removed: false }
    const { once, passive, signal } = typeof options === 'object' && options !== null ? options : {}
    const abort = signal === undefined ? undefined : abortState(signal)
    const checked = callbackOf(callback)
    if (checked === null || abort?.aborted === true) return
    if (this.#find(listener.type, checked, listener.capture) !== undefined) return
    const added: Listener = {
      ...listener,
      callback: checked,
      once: Boolean(once),
      passive: Boolean(passive),
    }
    // A new list each time: a dispatch under way does not call who comes after it began.
    this.#listeners = [...this.#listeners, added]
    abort?.steps.push(() => this.#remove(added))
  }

  removeEventListener(
    type: unknown,
    callback: Callback | null,
    options?: ListenerOptions | boolean,
  ): void {
    const checked = callbackOf(callback)
    if (checked === null) return
    const found = this.#find(String(type), checked, captureOf(options))
    if (found !== undefined) this.#remove(found)
  }

  dispatchEvent(event: Event): boolean {
    const state = stateOf(event)
    if (state.dispatching) {
      throw new DOMException('the event is being dispatched already', 'InvalidStateError')
    }
    state.trusted = false
    return this.#dispatch(event, state)
  }

  static {
    fire = (target, event) => {
      const state = stateOf(event)
      state.trusted = true
      target.#dispatch(event, state)
    }
  }

  /** DOM §2.9. */
  #dispatch(event: Event, state: EventState): boolean {
    state.dispatching = true
    state.target = this
    state.phase = atTarget
    this.#invoke(event, state, true)
    this.#invoke(event, state, false)
    state.phase = 0
    state.currentTarget = null
    state.dispatching = false
    state.stopped = false
    state.stoppedAtOnce = false
    return !state.canceled
  }

  #invoke(event: Event, state: EventState, capture: boolean): void {
    if (state.stopped) return
    state.currentTarget = this
    for (const listener of this.#listeners) {
      if (listener.removed || listener.type !== event.type || listener.capture !== capture) continue
      if (listener.once) this.#remove(listener)
      state.passive = listener.passive
      try {
        call(listener.callback, event, this)
      } catch (error) {
        loop.report(error)
      }
      state.passive = false
      if (state.stoppedAtOnce) return
    }
  }

  #find(type: string, callback: Callback, capture: boolean): Listener | undefined {
    return this.#listeners.find(
      (listener) =>
        listener.callback === callback && listener.type === type && listener.capture === capture,
    )
  }

  #remove(listener: Listener): void {
    listener.removed = true
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }
}

function captureOf(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return Boolean(options)
  return Boolean((options as ListenerOptions).capture)
}

function callbackOf(callback: unknown): Callback | null {
  if (callback === null || callback === undefined) return null
  if (typeof callback === 'function' || typeof callback === 'object') return callback as Callback
  throw new TypeError('the event listener must be a function or an object')
}

function call(callback: Callback, event: Event, target: EventTarget): void {
  if (typeof callback === 'function') return void Reflect.apply(callback, target, [event])
  const { handleEvent } = callback
  if (typeof handleEvent !== 'function') {
    throw new TypeError(`the listener of "${event.type}" has no method handleEvent`)
  }
  Reflect.apply(handleEvent, callback, [event])
}
