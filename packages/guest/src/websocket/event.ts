/** The part of DOM's Event that non-browser code uses (WHATWG DOM §2.2). */
export class Event {
  readonly type: string
  readonly bubbles = false
  readonly cancelable = false
  readonly isTrusted = true
  readonly timeStamp: number
  target: EventTarget<never> | null = null
  currentTarget: EventTarget<never> | null = null
  defaultPrevented = false
  /** Set by `stopImmediatePropagation`; read by `EventTarget`. */
  stopped = false

  constructor(type: string) {
    this.type = String(type)
    this.timeStamp = Date.now()
  }

  preventDefault(): void {}
  stopPropagation(): void {}
  stopImmediatePropagation(): void {
    this.stopped = true
  }
}

/** WHATWG HTML §9.1. */
export class MessageEvent<T = string | ArrayBuffer> extends Event {
  readonly data: T
  readonly origin: string
  readonly lastEventId = ''
  readonly source = null
  readonly ports: readonly [] = []

  constructor(type: string, init: { data: T; origin: string }) {
    super(type)
    this.data = init.data
    this.origin = init.origin
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
