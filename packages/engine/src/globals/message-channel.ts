import {
  eventsSymbol,
  type EventTarget as Target,
  type SharedEvents,
} from '@extism-ws/guest/events'

import { define } from './define.js'
import { loop } from './engine.js'

/** What the scripts before this one have defined. */
const { EventTarget, MessageEvent, structuredClone } = globalThis as unknown as {
  EventTarget: typeof Target
  MessageEvent: new (type: string, init: { data: unknown }) => never
  structuredClone(value: unknown, options?: unknown): unknown
}

const { defineHandlers } = (globalThis as unknown as { [eventsSymbol]: SharedEvents })[eventsSymbol]

/** Handed to the constructor that scripts must not call. */
const internal = Symbol('internal')

let entangle: (one: MessagePort, other: MessagePort) => void

/** WHATWG HTML §9.4.3, for ports that stay in one plugin: a message is a task of its own. */
class MessagePort extends EventTarget {
  #peer: MessagePort | undefined
  #started = false
  #waiting: unknown[] = []

  constructor(permission?: unknown) {
    if (permission !== internal) throw new TypeError('Illegal constructor')
    super()
  }

  static {
    entangle = (one, other) => {
      one.#peer = other
      other.#peer = one
    }
  }

  postMessage(message: unknown, options?: readonly unknown[] | { transfer?: unknown[] }): void {
    const copy = structuredClone(message, Array.isArray(options) ? { transfer: options } : options)
    const peer = this.#peer
    if (peer === undefined) return
    if (peer.#started) peer.#deliverLater(copy)
    else peer.#waiting.push(copy)
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    for (const message of this.#waiting.splice(0)) this.#deliverLater(message)
  }

  close(): void {
    const peer = this.#peer
    if (peer !== undefined) peer.#peer = undefined
    this.#peer = undefined
  }

  #deliverLater(data: unknown): void {
    const deliver = (): unknown => this.dispatchEvent(new MessageEvent('message', { data }))
    // Not a timer, whose nesting would hold back two ports that talk to each other.
    loop.immediates.start(loop.timers.newId(), deliver, [])
  }
}

defineHandlers(MessagePort.prototype, ['message', 'messageerror'], (port, type) => {
  if (type === 'message') port.start()
})

class MessageChannel {
  readonly port1 = new MessagePort(internal)
  readonly port2 = new MessagePort(internal)

  constructor() {
    entangle(this.port1, this.port2)
  }
}

define({ MessageChannel, MessagePort })
