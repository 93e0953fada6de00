const timeStamps = new WeakMap<Event, number>()

/**
 * The part of DOM's Event that non-browser code uses (WHATWG DOM §2.2). One is made per message:
 * what never changes is not stored, and what is rarely asked for is made when it is.
 */
export class Event {
  declare readonly type: string
  declare target: EventTarget<never> | null
  declare currentTarget: EventTarget<never> | null
  /** Set by `stopImmediatePropagation`; read by `EventTarget`. */
  declare stopped: boolean

  constructor(type: string) {
    // Assigned, not declared: QuickJS defines fields more slowly.
    this.type = String(type)
    this.target = null
    this.currentTarget = null
    this.stopped = false
  }

  get bubbles(): boolean {
    return false
  }
  get cancelable(): boolean {
    return false
  }
  get defaultPrevented(): boolean {
    return false
  }
  get isTrusted(): boolean {
    return true
  }
  /** Milliseconds since the epoch at which it was first asked for. */
  get timeStamp(): number {
    const time = timeStamps.get(this) ?? Date.now()
    timeStamps.set(this, time)
    return time
  }

  preventDefault(): void {}
  stopPropagation(): void {}
  stopImmediatePropagation(): void {
    this.stopped = true
  }
}

/** WHATWG HTML §9.1. */
export class MessageEvent<T = string | ArrayBuffer> extends Event {
  declare readonly data: T
  declare readonly origin: string

  constructor(type: string, init: { data: T; origin: string }) {
    super(type)
    this.data = init.data
    this.origin = init.origin
  }

  get lastEventId(): string {
    return ''
  }
  get source(): null {
    return null
  }
  get ports(): readonly [] {
    return []
  }
}

/** WHATWG WebSockets §7. */
export class CloseEvent extends Event {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean

  constructor(type: string, init: { code?: number; reason?: string; wasClean?: boolean } = {}) {
    super(type)
    this.code = init.code ?? 0
    this.reason = init.reason ?? ''
    this.wasClean = init.wasClean ?? false
  }
}

/** What the standard's `error` event hides and plugin authors want to know. */
export class SocketErrorEvent extends Event {
  readonly error: unknown
  readonly message: string

  constructor(error: unknown) {
    super('error')
    this.error = error
    this.message = error instanceof Error ? error.message : String(error)
  }
}

/** A function, or an object with `handleEvent` (WHATWG DOM §2.7). */
export type EventListener<E = Event> = ((event: E) => unknown) | { handleEvent(event: E): unknown }

interface Registration {
  readonly listener: EventListener<never>
  readonly once: boolean
  removed: boolean
}

/**
 * Listeners by type, called in the order they were added; an error in one never stops the next.
 * `Events` names the types of event it fires.
 */
export class EventTarget<Events = Record<string, Event>> {
  readonly #registrations = new Map<string, Registration[]>()
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: EventListener<Events[Type]> | null,
    options: boolean | { once?: boolean } = {},
  ): void {
    if (listener === null) return
    const list = this.#registrations.get(type) ?? []
    if (list.some((registration) => registration.listener === listener)) return
    const once = typeof options === 'object' && options.once === true
    // A new array each time: a dispatch that is under way does not call who comes after it began.
    this.#registrations.set(type, [...list, { listener, once, removed: false }])
  }

  removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: EventListener<Events[Type]> | null,
  ): void {
    this.#remove(type, listener)
  }

  #remove(type: string, listener: unknown): void {
    const list = this.#registrations.get(type) ?? []
    const found = list.find((registration) => registration.listener === listener)
    if (found === undefined) return
    // For a dispatch that is under way and has not come to it yet.
    found.removed = true
    this.#registrations.set(
      type,
      list.filter((registration) => registration !== found),
    )
  }

  dispatchEvent(event: Event): boolean {
    event.target = this
    event.currentTarget = this
    for (const registration of this.#registrations.get(event.type) ?? []) {
      const { listener, once, removed } = registration
      if (event.stopped) break
      if (removed) continue
      if (once) this.#remove(event.type, listener)
      try {
        if (typeof listener === 'function') listener.call(this as never, event as never)
        else listener.handleEvent(event as never)
      } catch (error) {
        this.#report(error)
      }
    }
    event.currentTarget = null
    return !event.defaultPrevented
  }
}
