import { Event, type EventInit } from './event.js'

/** WHATWG DOM §2.4. */
export class CustomEvent extends Event {
  readonly #detail: unknown

  constructor(type: unknown, init?: (EventInit & { detail?: unknown }) | null) {
    super(type, init)
    this.#detail = init?.detail ?? null
  }

  get detail(): unknown {
    return this.#detail
  }
}

interface MessageEventInit extends EventInit {
  data?: unknown
  origin?: unknown
  lastEventId?: unknown
  source?: unknown
  ports?: Iterable<unknown>
}

/** WHATWG HTML §9.1. */
export class MessageEvent extends Event {
  readonly #init: MessageEventInit
  readonly #ports: readonly unknown[]

  constructor(type: unknown, init?: MessageEventInit | null) {
    super(type, init)
    this.#init = { ...init }
    this.#ports = Object.freeze([...(init?.ports ?? [])])
  }

  get data(): unknown {
    return this.#init.data === undefined ? null : this.#init.data
  }
  get origin(): string {
    return String(this.#init.origin ?? '')
  }
  get lastEventId(): string {
    return String(this.#init.lastEventId ?? '')
  }
  get source(): unknown {
    return this.#init.source ?? null
  }
  get ports(): readonly unknown[] {
    return this.#ports
  }
}

interface CloseEventInit extends EventInit {
  wasClean?: unknown
  code?: unknown
  reason?: unknown
}

/** WHATWG WebSockets §6. */
export class CloseEvent extends Event {
  readonly #wasClean: boolean
  readonly #code: number
  readonly #reason: string

  constructor(type: unknown, init?: CloseEventInit | null) {
    super(type, init)
    this.#wasClean = Boolean(init?.wasClean)
    this.#code = Number(init?.code ?? 0) & 0xffff
    this.#reason = String(init?.reason ?? '')
  }

  get wasClean(): boolean {
    return this.#wasClean
  }
  get code(): number {
    return this.#code
  }
  get reason(): string {
    return this.#reason
  }
}

interface ErrorEventInit extends EventInit {
  message?: unknown
  filename?: unknown
  lineno?: unknown
  colno?: unknown
  error?: unknown
}

/** WHATWG HTML §8.1.4.5. */
export class ErrorEvent extends Event {
  readonly #init: ErrorEventInit

  constructor(type: unknown, init?: ErrorEventInit | null) {
    super(type, init)
    this.#init = { ...init }
  }

  get message(): string {
    return String(this.#init.message ?? '')
  }
  get filename(): string {
    return String(this.#init.filename ?? '')
  }
  get lineno(): number {
    return Number(this.#init.lineno ?? 0) >>> 0
  }
  get colno(): number {
    return Number(this.#init.colno ?? 0) >>> 0
  }
  get error(): unknown {
    return this.#init.error
  }
}
