import { findEngine } from '../engine.js'
import { finishInterface, needArguments, usvString } from '../web-idl.js'
import type { EventTarget } from './event-target.js'
import { Event, trusted, type EventInit, type EventState } from './event.js'
import { dataKey, stateKey } from './shared.js'

/** WHATWG DOM §2.4. */
export class CustomEvent<T = unknown> extends Event {
  constructor(type: unknown, init?: (EventInit & { detail?: T }) | null) {
    needArguments(arguments.length, 1, 'CustomEvent')
    super(type, init)
    Object.assign(this[stateKey], { detail: init?.detail ?? null })
  }

  get detail(): T {
    return (this[stateKey] as EventState & { detail: T }).detail
  }
}

export interface MessageEventInit<T = unknown> extends EventInit {
  data?: T
  origin?: unknown
  lastEventId?: unknown
  source?: unknown
  ports?: Iterable<unknown>
}

interface MessageState extends EventState {
  origin: string
  lastEventId?: string
  source?: unknown
  ports?: readonly unknown[]
}

type SharedState = MessageState & { readonly prototype: object }

const noPorts: readonly unknown[] = Object.freeze([])

/** WHATWG HTML §9.1. */
export class MessageEvent<T = unknown> extends Event {
  /** @internal */
  declare readonly [dataKey]: T

  constructor(type: unknown, init?: MessageEventInit<T> | null) {
    needArguments(arguments.length, 1, 'MessageEvent')
    super(type, init)
    Object.defineProperty(this, dataKey, { value: init?.data === undefined ? null : init.data })
    Object.assign(this[stateKey], {
      origin: text(init?.origin),
      lastEventId: text(init?.lastEventId),
      source: init?.source ?? null,
      ports: init?.ports === undefined ? noPorts : Object.freeze([...init.ports]),
    })
  }

  get data(): T {
    const data = this[dataKey]
    // Never undefined, except in what is no such event.
    if (data === undefined) throw new TypeError('this is not a MessageEvent')
    return data
  }
  get origin(): string {
    return (this[stateKey] as MessageState).origin
  }
  get lastEventId(): string {
    return (this[stateKey] as MessageState).lastEventId ?? ''
  }
  get source(): unknown {
    return (this[stateKey] as MessageState).source ?? null
  }
  get ports(): readonly unknown[] {
    return (this[stateKey] as MessageState).ports ?? noPorts
  }
}

const messagePrototype = MessageEvent.prototype
const { get: slowData } = Object.getOwnPropertyDescriptor(messagePrototype, 'data') ?? {}
const fastData = findEngine()?.native.messageData?.(slowData)
if (fastData !== undefined) {
  Object.defineProperty(fastData, 'name', { value: 'get data' })
  Object.defineProperty(messagePrototype, 'data', { get: fastData })
}

/** What all messages of one target have in common, for `fireMessage`. */
export function messageState(target: EventTarget<never>, origin: string): SharedState {
  return {
    prototype: messagePrototype,
    type: 'message',
    flags: trusted,
    target,
    current: null,
    firing: undefined,
    shared: true,
    origin,
  }
}

export interface CloseEventInit extends EventInit {
  wasClean?: unknown
  code?: unknown
  reason?: unknown
}

interface CloseState extends EventState {
  wasClean: boolean
  code: number
  reason: string
}

/** WHATWG WebSockets §6. */
export class CloseEvent extends Event {
  constructor(type: unknown, init?: CloseEventInit | null) {
    needArguments(arguments.length, 1, 'CloseEvent')
    super(type, init)
    Object.assign(this[stateKey], {
      wasClean: Boolean(init?.wasClean),
      code: Number(init?.code ?? 0) & 0xffff,
      reason: text(init?.reason),
    })
  }

  get wasClean(): boolean {
    return (this[stateKey] as CloseState).wasClean
  }
  get code(): number {
    return (this[stateKey] as CloseState).code
  }
  get reason(): string {
    return (this[stateKey] as CloseState).reason
  }
}

export interface ErrorEventInit extends EventInit {
  message?: unknown
  filename?: unknown
  lineno?: unknown
  colno?: unknown
  error?: unknown
}

interface ErrorState extends EventState {
  message: string
  filename: string
  lineno: number
  colno: number
  error: unknown
}

/** WHATWG HTML §8.1.4.5. */
export class ErrorEvent extends Event {
  constructor(type: unknown, init?: ErrorEventInit | null) {
    needArguments(arguments.length, 1, 'ErrorEvent')
    super(type, init)
    Object.assign(this[stateKey], {
      message: text(init?.message),
      filename: text(init?.filename),
      lineno: Number(init?.lineno ?? 0) >>> 0,
      colno: Number(init?.colno ?? 0) >>> 0,
      error: init?.error,
    })
  }

  get message(): string {
    return (this[stateKey] as ErrorState).message
  }
  get filename(): string {
    return (this[stateKey] as ErrorState).filename
  }
  get lineno(): number {
    return (this[stateKey] as ErrorState).lineno
  }
  get colno(): number {
    return (this[stateKey] as ErrorState).colno
  }
  get error(): unknown {
    return (this[stateKey] as ErrorState).error
  }
}

const kinds = { CustomEvent, MessageEvent, CloseEvent, ErrorEvent }
for (const [name, kind] of Object.entries(kinds)) finishInterface(kind, name, 1)

function text(value: unknown): string {
  return value === undefined ? '' : usvString(value)
}
