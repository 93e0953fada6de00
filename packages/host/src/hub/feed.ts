import {
  CloseCode,
  EwsError,
  type ListedMessage,
  type Reconnected,
  type Reconnecting,
} from '@extism-ws/protocol'

import { sendListed } from '../connection/reconnecting.js'
import type { Opened, Transport, TransportListener } from '../connection/transport.js'
import type { Payload } from '../pieces.js'
import type { ShareOptions } from './shared.js'

/** What happened on the connection, for each listener in its turn. */
interface FeedEvent {
  /** Of the message, if it is one. */
  readonly bytes: number
  /** @returns whether the listener takes more. */
  tell(listener: FeedListener): boolean
}

/** Who listens to a feed. */
export interface FeedListener extends Omit<TransportListener, 'message' | 'trying'> {
  /** @returns whether it takes more. */
  message(kind: number, data: Payload): boolean
}

/** How far a listener is, in events since the feed began. */
interface Place {
  position: number
  paused: boolean
  /** Whether it is told of what happens: not before its caller knows that it has joined. */
  told: boolean
}

interface FeedEnd {
  readonly error: EwsError | undefined
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/**
 * One connection that several plugins listen to. Each has its own place: what a slow one has not read yet is
 * kept for it within bounds, beyond which it is the slow one that ends, and not the others that wait.
 */
export class Feed implements TransportListener {
  /** Called when nobody listens any more: whoever comes next needs another one. */
  onUnused: () => void = () => {}
  onEnd: () => void = () => {}
  readonly #transport: Transport
  readonly #options: ShareOptions
  /** Nobody of those who listen can send it. */
  readonly #greeting: readonly ListedMessage[]
  readonly #places = new Map<FeedListener, Place>()
  /** What somebody has not been told yet; the first is number `#first`. */
  #events: FeedEvent[] = []
  #first = 0
  #bytes = 0
  #about: Opened | undefined
  #error: EwsError | undefined
  #end: FeedEnd | undefined

  /** @throws as `open`. */
  constructor(
    open: (listener: TransportListener) => Transport,
    greeting: readonly ListedMessage[],
    options: ShareOptions,
  ) {
    this.#greeting = greeting
    this.#options = options
    this.#transport = open(this)
  }

  get transport(): Transport {
    return this.#transport
  }

  /** From here on the listener is told of everything. */
  join(listener: FeedListener): void {
    const told = this.#about === undefined && this.#end === undefined
    const place = { position: this.#next, paused: false, told }
    this.#places.set(listener, place)
    this.#transport.pause(false)
    if (told) return
    queueMicrotask(() => {
      if (this.#places.get(listener) !== place) return
      place.told = true
      if (this.#about !== undefined) listener.opened(this.#about)
      this.#advance(listener, place)
    })
  }

  /** The listener is told of nothing any more; nobody left ends the connection. */
  leave(listener: FeedListener): void {
    if (!this.#places.delete(listener)) return
    this.#trim()
    if (this.#places.size > 0) return this.#pauseIfAllAre()
    this.close(CloseCode.normal, '')
  }

  /** Holds what comes back for this listener; when all do, for the server. */
  pause(listener: FeedListener, paused: boolean): void {
    const place = this.#places.get(listener)
    if (place === undefined || place.paused === paused) return
    place.paused = paused
    if (!paused) {
      this.#advance(listener, place)
      this.#trim()
    }
    this.#pauseIfAllAre()
  }

  close(code: number, reason: string): void {
    this.onUnused()
    // What the server answers to the close frame is to be read.
    this.#transport.pause(false)
    this.#transport.close(code, reason)
  }

  opened(about: Opened): void {
    this.#about = about
    const send = (kind: number, data: Uint8Array): void => this.#transport.send(kind, data, true)
    for (const message of this.#greeting) sendListed(message, send)
    for (const listener of [...this.#places.keys()]) {
      // Whoever was told before may have ended it.
      if (this.#places.has(listener)) listener.opened(about)
    }
  }

  message(kind: number, data: Payload): void {
    this.#happened({ bytes: data.length, tell: (listener) => listener.message(kind, data) })
    this.#endTooSlow()
  }

  failed(error: EwsError): void {
    // The end follows. Whoever has not read everything yet is told of both behind that.
    this.#error = error
  }

  closed(code: number, reason: string, wasClean: boolean): void {
    this.#end = { error: this.#error, code, reason, wasClean }
    this.onEnd()
    for (const [listener, place] of [...this.#places]) this.#advance(listener, place)
  }

  trying(): void {}

  reconnecting(about: Reconnecting): void {
    this.#happened({
      bytes: 0,
      tell: (listener) => {
        listener.reconnecting(about)
        return true
      },
    })
  }

  reconnected(about: Reconnected): void {
    this.#about = about
    this.#happened({
      bytes: 0,
      tell: (listener) => {
        listener.reconnected(about)
        return true
      },
    })
  }

  #happened(event: FeedEvent): void {
    this.#events.push(event)
    this.#bytes += event.bytes
    for (const [listener, place] of [...this.#places]) this.#advance(listener, place)
    this.#trim()
  }

  /** The number of the event that comes next. */
  get #next(): number {
    return this.#first + this.#events.length
  }

  #advance(listener: FeedListener, place: Place): void {
    if (!place.told) return
    while (!place.paused && this.#places.get(listener) === place) {
      const event = this.#events[place.position - this.#first]
      if (event === undefined) break
      place.position++
      if (!event.tell(listener)) place.paused = true
    }
    if (this.#end === undefined || place.position < this.#next) return
    if (this.#places.get(listener) === place) this.#endFor(listener, this.#end)
  }

  #endFor(listener: FeedListener, { error, code, reason, wasClean }: FeedEnd): void {
    if (!this.#places.delete(listener)) return
    if (error !== undefined) listener.failed(error)
    listener.closed(code, reason, wasClean)
  }

  /** Forgets what everybody has read. */
  #trim(): void {
    let slowest = this.#next
    for (const { position } of this.#places.values()) slowest = Math.min(slowest, position)
    const read = this.#events.splice(0, slowest - this.#first)
    this.#first = slowest
    for (const { bytes } of read) this.#bytes -= bytes
  }

  #endTooSlow(): void {
    const { bufferBytes, bufferMessages } = this.#options
    while (this.#bytes > bufferBytes || this.#events.length > bufferMessages) {
      const slow = [...this.#places].filter(([, { position }]) => position === this.#first)
      if (slow.length === 0) return
      // Nobody is ahead of them: the server waits, and nobody ends.
      if (slow.length === this.#places.size) return this.#pauseIfAllAre()
      const behind = this.#events.length
      const message = `the plugin is ${behind} messages behind others that share the connection (hub.shared.bufferBytes, bufferMessages)`
      const error = new EwsError('EWS_LIMIT', message)
      const end = { error, code: CloseCode.policyViolation, reason: 'too slow', wasClean: false }
      for (const [listener] of slow) this.#endFor(listener, end)
      this.#trim()
    }
  }

  #pauseIfAllAre(): void {
    if (this.#end !== undefined) return
    const all = [...this.#places.values()].every(({ paused }) => paused)
    this.#transport.pause(all)
  }
}
