import { native } from '../engine.js'

export interface EventInit {
  bubbles?: unknown
  cancelable?: unknown
  composed?: unknown
}

/** What DOM §2.2 keeps about an event and scripts cannot set. */
export interface EventState {
  target: object | null
  currentTarget: object | null
  phase: number
  dispatching: boolean
  stopped: boolean
  stoppedAtOnce: boolean
  canceled: boolean
  /** Whether the listener that runs has promised not to cancel. */
  passive: boolean
  trusted: boolean
}

/** The state of an event; a TypeError for anything else. */
export let stateOf: (event: unknown) => EventState

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 } as const
export const atTarget = phases.AT_TARGET

/** WHATWG DOM §2.2, where targets have no parents. */
export class Event {
  static {
    stateOf = (event) => {
      if (typeof event === 'object' && event !== null && #state in event) return event.#state
      throw new TypeError('the argument is not an Event')
    }
  }

  readonly #state: EventState = {
    target: null,
    currentTarget: null,
    phase: phases.NONE,
    dispatching: false,
    stopped: false,
    stoppedAtOnce: false,
    canceled: false,
    passive: false,
    trusted: false,
  }
  #type: string
  #bubbles: boolean
  #cancelable: boolean
  readonly #composed: boolean
  readonly #timeStamp = native.now() - native.started()

  constructor(...args: [type: unknown, init?: EventInit | null])
  constructor(type: unknown, init?: EventInit | null) {
    if (arguments.length === 0) throw new TypeError('Event: the type is missing')
    this.#type = String(type)
    this.#bubbles = Boolean(init?.bubbles)
    this.#cancelable = Boolean(init?.cancelable)
    this.#composed = Boolean(init?.composed)
  }

  get type(): string {
    return this.#type
  }
  get target(): object | null {
    return this.#state.target
  }
  get srcElement(): object | null {
    return this.#state.target
  }
  get currentTarget(): object | null {
    return this.#state.currentTarget
  }
  get eventPhase(): number {
    return this.#state.phase
  }
  get bubbles(): boolean {
    return this.#bubbles
  }
  get cancelable(): boolean {
    return this.#cancelable
  }
  get composed(): boolean {
    return this.#composed
  }
  get defaultPrevented(): boolean {
    return this.#state.canceled
  }
  get isTrusted(): boolean {
    return this.#state.trusted
  }
  /** Milliseconds since the time origin. */
  get timeStamp(): number {
    return this.#timeStamp
  }

  composedPath(): object[] {
    const { currentTarget } = this.#state
    return currentTarget === null ? [] : [currentTarget]
  }

  stopPropagation(): void {
    this.#state.stopped = true
  }
  stopImmediatePropagation(): void {
    this.#state.stopped = true
    this.#state.stoppedAtOnce = true
  }
  get cancelBubble(): boolean {
    return this.#state.stopped
  }
  set cancelBubble(value: unknown) {
    if (value) this.stopPropagation()
  }

  preventDefault(): void {
    if (this.#cancelable && !this.#state.passive) this.#state.canceled = true
  }
  get returnValue(): boolean {
    return !this.#state.canceled
  }
  set returnValue(value: unknown) {
    if (!value) this.preventDefault()
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    if (this.#state.dispatching) return
    Object.assign(this.#state, {
      target: null,
      stopped: false,
      stoppedAtOnce: false,
      canceled: false,
      trusted: false,
    })
    this.#type = String(type)
    this.#bubbles = Boolean(bubbles)
    this.#cancelable = Boolean(cancelable)
  }
}

for (const [name, value] of Object.entries(phases)) {
  for (const holder of [Event, Event.prototype]) {
    Object.defineProperty(holder, name, { value, enumerable: true })
  }
}
