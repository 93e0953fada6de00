import { finishInterface, needArguments } from '../web-idl.js'
import { abortState } from './abort-state.js'
import { begin, end, invoke, ownState, type Event, type EventState } from './event.js'
import { engine, findEngine } from '../engine.js'
import type { EventListener, Listener } from './listener.js'
import { dataKey, stateKey } from './shared.js'

export interface ListenerOptions {
  capture?: unknown
  once?: unknown
  passive?: unknown
  signal?: unknown
}

type Lists = Map<string, readonly Listener[]>

/**
 * Dispatches an event that the engine has made, and not a script.
 *
 * @param between runs between two listeners: promise jobs, where no script is on the stack.
 */
export let fire: (target: EventTarget<never>, event: Event, between?: () => void) => void
/** The same for an event whose state says that it is dispatched already. */
let dispatch: (
  target: EventTarget<never>,
  event: Event,
  state: EventState,
  between: (() => void) | undefined,
) => boolean
/**
 * Fires the event of a message, as `fire` does, with the state that all of its target share (`messageState`).
 * There is one per message: no constructor runs, and the steps of `dispatch` are for listeners that need them.
 */
export let fireMessage: (
  target: EventTarget<never>,
  state: EventState & { readonly prototype: object },
  data: unknown,
  between: () => void,
) => void
/**
 * The listener of a target's messages, when they can be fired by `fireMessage` with nothing but a call of it. `changed`
 * runs when it is another one from now on.
 */
export let onlyListener: (
  target: EventTarget<never>,
  changed: (listener: Listener | undefined) => void,
) => Listener | undefined
/** Adds a listener without its checks, behind the others. */
export let addListener: (target: EventTarget<never>, listener: Listener) => void
export let removeListener: (target: EventTarget<never>, listener: Listener) => void
/** @throws {TypeError} for what is no target. */
export let checkTarget: (value: object) => void

const none: readonly Listener[] = []

/**
 * WHATWG DOM §2.7 for targets that have no parents. What a listener throws is reported.
 *
 * `Events` names the types of event that it fires.
 */
export class EventTarget<Events = Record<string, Event>> {
  // A new list for each change: a dispatch under way does not call who comes after it began.
  readonly #listeners: Lists = new Map()
  /** Those of the capturing phase, which are called first; few targets have any. */
  #capturing: Lists | undefined
  /** The listener of messages, when there is one that wants nothing special. */
  #only: Listener | undefined
  /** Is told of another one. */
  #onlyChanged: ((listener: Listener | undefined) => void) | undefined
  readonly #removeOnce = (listener: Listener): void => this.#remove(listener)

  static {
    fire = (target, event, between) => {
      const state = ownState(event)
      begin(state, target, true)
      dispatch(target, event, state, between)
    }
    // DOM §2.9.
    dispatch = (target, event, state, between) => {
      const { type } = state
      const capturing = target.#capturing?.get(type)
      if (capturing !== undefined) {
        invoke(event, state, target, capturing, target.#removeOnce, between)
      }
      const listeners = target.#listeners.get(type)
      if (listeners !== undefined) {
        invoke(event, state, target, listeners, target.#removeOnce, between)
      }
      return end(state)
    }
    fireMessage = (target, state, data, between) => {
      const made = { __proto__: state.prototype, [stateKey]: state, [dataKey]: data }
      const event = made as unknown as Event
      const only = target.#only
      if (only === undefined || typeof only.callback !== 'function') {
        dispatch(target, event, ownState(event), between)
        return
      }
      const outer = state.firing
      state.firing = event
      try {
        only.callback.call(target, event)
      } catch (error) {
        engine().loop.report(error)
      }
      state.firing = outer
      if (event[stateKey] !== state) end(event[stateKey])
    }
    onlyListener = (target, changed) => {
      target.#onlyChanged = changed
      return target.#only
    }
    findEngine()?.native.messageKeys?.(stateKey, dataKey, 'firing', 'callback', end)
    addListener = (target, listener) => target.#add(listener)
    removeListener = (target, listener) => target.#remove(listener)
    checkTarget = (value) => {
      if (!(#listeners in value)) throw new TypeError('this is not an EventTarget')
    }
  }

  addEventListener<Type extends keyof Events & string>(
    type: Type,
    callback: EventListener<Events[Type]> | null | undefined,
    options: ListenerOptions | boolean = false,
  ): void {
    needArguments(arguments.length, 2, 'addEventListener')
    const capture = captureOf(options)
    const { once, passive, signal } = typeof options === 'object' && options !== null ? options : {}
    const abort = signal === undefined ? undefined : abortState(signal)
    const checked = callbackOf(callback)
    if (checked === null || abort?.aborted === true) return
    const name = String(type)
    if (this.#find(name, checked, capture) !== undefined) return
    const added: Listener = {
      type: name,
      callback: checked,
      capture,
      once: Boolean(once),
      passive: Boolean(passive),
      handler: false,
      removed: false,
    }
    this.#add(added)
    if (abort === undefined) return
    const step = (): void => this.#remove(added)
    abort.steps.add(step)
    // A signal may outlive many listeners.
    added.whenRemoved = () => abort.steps.delete(step)
  }

  removeEventListener<Type extends keyof Events & string>(
    type: Type,
    callback: EventListener<Events[Type]> | null | undefined,
    options: ListenerOptions | boolean = false,
  ): void {
    needArguments(arguments.length, 2, 'removeEventListener')
    const checked = callbackOf(callback)
    if (checked === null) return
    const found = this.#find(String(type), checked, captureOf(options))
    if (found !== undefined) this.#remove(found)
  }

  dispatchEvent(event: Event): boolean {
    const state = ownState(event)
    begin(state, this, false)
    return dispatch(this, event, state, undefined)
  }

  #find(type: string, callback: object, capture: boolean): Listener | undefined {
    return this.#lists(capture)
      .get(type)
      ?.find((listener) => listener.callback === callback && !listener.handler)
  }

  #add(listener: Listener): void {
    const lists = this.#lists(listener.capture)
    lists.set(listener.type, [...(lists.get(listener.type) ?? none), listener])
    if (listener.type === 'message') this.#findOnly()
  }

  #remove(listener: Listener): void {
    listener.removed = true
    listener.whenRemoved?.()
    const lists = this.#lists(listener.capture)
    const left = lists.get(listener.type)?.filter((other) => other !== listener) ?? none
    lists.set(listener.type, left)
    if (listener.type === 'message') this.#findOnly()
  }

  #findOnly(): void {
    const [first, ...others] = this.#listeners.get('message') ?? none
    const special = first?.once === true || first?.passive === true || others.length > 0
    const capturing = this.#capturing?.get('message') ?? none
    const only = special || capturing.length > 0 ? undefined : first
    if (only === this.#only) return
    this.#only = only
    this.#onlyChanged?.(only)
  }

  #lists(capture: boolean): Lists {
    if (!capture) return this.#listeners
    this.#capturing ??= new Map()
    return this.#capturing
  }
}

finishInterface(EventTarget, 'EventTarget', 0)

function captureOf(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return Boolean(options)
  return Boolean((options as ListenerOptions).capture)
}

function callbackOf(callback: unknown): object | null {
  if (callback === null || callback === undefined) return null
  if (typeof callback === 'function' || typeof callback === 'object') return callback
  throw new TypeError('the event listener must be a function or an object')
}
