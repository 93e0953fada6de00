import { engine } from '../engine.js'
import { defineConstants, domException, finishInterface, needArguments } from '../web-idl.js'
import type { Listener } from './listener.js'
import { stateKey } from './shared.js'

export interface EventInit {
  bubbles?: unknown
  cancelable?: unknown
  composed?: unknown
}

/** An event's flags in one number: events are made per message. */
const stopped = 1
const stoppedAtOnce = 2
const canceled = 4
/** The listener that runs has promised not to cancel. */
const passive = 8
export const trusted = 16
const bubbles = 32
const cancelable = 64
const composed = 128
/** What remains of them when a dispatch is over (DOM §2.9). */
const lasting = canceled | trusted | bubbles | cancelable | composed

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 } as const

/** Made when it is first asked for, which is rare. */
const timeStamps = new WeakMap<object, number>()

/** What is kept about an event. Kinds of events add to it what they are about. */
export interface EventState {
  type: string
  flags: number
  target: object | null
  /** Not null while the event is dispatched. */
  current: object | null
  /** Of a state that events share until one of them changes it: the one that is dispatched now. */
  firing?: object | undefined
  readonly shared?: true
}

/** The state of an event. @throws {TypeError} for what is none. */
function stateOf(event: unknown): EventState {
  const state = (event as Partial<Event> | null | undefined)?.[stateKey]
  if (state === undefined) throw new TypeError('the argument is not an Event')
  return state
}

/** The same, to be changed: no other event has it. */
export function ownState(event: unknown): EventState {
  const state = stateOf(event)
  if (state.shared !== true) return state
  const { shared: _shared, firing: _firing, ...rest } = state
  const own = { ...rest, current: currentOf(event as Event) }
  ;(event as { [stateKey]: EventState })[stateKey] = own
  return own
}

/** Whose listeners get the event now. */
function currentOf(event: Event): object | null {
  const state = event[stateKey]
  if (state.shared !== true) return state.current
  return state.firing === event ? state.target : null
}

/** Begins a dispatch. @throws {DOMException} `InvalidStateError` when one is under way. */
export function begin(state: EventState, target: object, byEngine: boolean): void {
  if (state.current !== null) {
    throw domException('the event is being dispatched already', 'InvalidStateError')
  }
  state.flags = byEngine ? state.flags | trusted : state.flags & ~trusted
  state.target = target
}

/** Ends it; false when the event was cancelled. */
export function end(state: EventState): boolean {
  const { flags } = state
  state.current = null
  state.flags = flags & lasting
  return (flags & canceled) === 0
}

/**
 * Calls the listeners of one phase.
 *
 * @param once is told of each that runs once, before it runs.
 * @param between runs between two listeners.
 */
export function invoke(
  event: Event,
  state: EventState,
  target: object,
  listeners: readonly Listener[],
  once: (listener: Listener) => void,
  between: (() => void) | undefined,
): void {
  if ((state.flags & stopped) !== 0) return
  state.current = target
  // Counted: an iterator costs a call per step.
  for (let i = 0; i < listeners.length; i++) {
    const listener = listeners[i] as Listener // i is below the length
    if (listener.removed) continue
    if (i > 0) between?.()
    if (listener.once) once(listener)
    if (listener.passive) state.flags |= passive
    const { callback } = listener
    try {
      if (typeof callback === 'function') {
        if (callback.call(target, event) === false && listener.handler) event.preventDefault()
      } else if (!listener.handler) {
        handle(callback, event)
      }
    } catch (error) {
      engine().loop.report(error)
    }
    if (listener.passive) state.flags &= ~passive
    if ((state.flags & stoppedAtOnce) !== 0) return
  }
}

/** WHATWG DOM §2.2, where targets have no parents. */
export class Event {
  /** @internal */
  declare readonly [stateKey]: EventState

  constructor(...args: [type: unknown, init?: EventInit | null])
  constructor(type: unknown, init?: EventInit | null) {
    if (arguments.length === 0) needArguments(0, 1, 'Event')
    const flags =
      (init?.bubbles ? bubbles : 0) |
      (init?.cancelable ? cancelable : 0) |
      (init?.composed ? composed : 0)
    this[stateKey] = { type: String(type), flags, target: null, current: null }
  }

  get type(): string {
    return this[stateKey].type
  }
  get target(): object | null {
    return this[stateKey].target
  }
  get srcElement(): object | null {
    return this[stateKey].target
  }
  get currentTarget(): object | null {
    return currentOf(this)
  }
  get eventPhase(): number {
    return currentOf(this) === null ? phases.NONE : phases.AT_TARGET
  }
  get bubbles(): boolean {
    return (this[stateKey].flags & bubbles) !== 0
  }
  get cancelable(): boolean {
    return (this[stateKey].flags & cancelable) !== 0
  }
  get composed(): boolean {
    return (this[stateKey].flags & composed) !== 0
  }
  get defaultPrevented(): boolean {
    return (this[stateKey].flags & canceled) !== 0
  }
  get isTrusted(): boolean {
    return (this[stateKey].flags & trusted) !== 0
  }
  /** Milliseconds since the time origin at which it was first asked for. */
  get timeStamp(): number {
    void this[stateKey].flags // throws when it is no event
    const known = timeStamps.get(this)
    if (known !== undefined) return known
    const { native } = engine()
    const time = native.now === undefined ? Date.now() : native.now() - (native.started?.() ?? 0)
    timeStamps.set(this, time)
    return time
  }

  composedPath(): object[] {
    const current = currentOf(this)
    return current === null ? [] : [current]
  }

  stopPropagation(): void {
    ownState(this).flags |= stopped
  }
  stopImmediatePropagation(): void {
    ownState(this).flags |= stopped | stoppedAtOnce
  }
  get cancelBubble(): boolean {
    return (this[stateKey].flags & stopped) !== 0
  }
  set cancelBubble(value: unknown) {
    ownState(this).flags |= value ? stopped : 0
  }

  preventDefault(): void {
    if ((this[stateKey].flags & (cancelable | passive)) === cancelable)
      this[stateKey].flags |= canceled
  }
  get returnValue(): boolean {
    return (this[stateKey].flags & canceled) === 0
  }
  set returnValue(value: unknown) {
    void this[stateKey].flags // throws when it is no event
    if (!value) this.preventDefault()
  }

  initEvent(type: unknown, doesBubble: unknown = false, canCancel: unknown = false): void {
    const state = ownState(this)
    if (state.current !== null) return
    state.type = String(type)
    state.target = null
    state.flags =
      (state.flags & composed) | (doesBubble ? bubbles : 0) | (canCancel ? cancelable : 0)
  }
}

finishInterface(Event, 'Event', 1)
defineConstants(Event, phases)

function handle(callback: unknown, event: Event): void {
  const { handleEvent } = callback as { handleEvent?: unknown }
  if (typeof handleEvent !== 'function') {
    throw new TypeError(`the listener of "${event.type}" has no method handleEvent`)
  }
  Reflect.apply(handleEvent, callback, [event])
}
