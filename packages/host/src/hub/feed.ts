import {
  CloseCode,
  EwsError,
  type ListedMessage,
  type Reconnected,
  type Reconnecting,
} from '@extism-ws/protocol'

import { sendListed } from '../connection/reconnecting.js'
import type { Opened, Transport, TransportListener } from '../connection/transport.js'
import type { ShareOptions } from './shared.js'

interface FeedMessage {
  readonly kind: number
  readonly data: Buffer
}

/** Who listens to a feed. */
export interface FeedListener extends Omit<TransportListener, 'message' | 'trying'> {
  /** @returns whether it takes more. */
  message(kind: number, data: Buffer): boolean
}

/** How far a listener is, in messages since the feed began. */
interface Place {
  position: number
  paused: boolean
}

interface FeedEnd {
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
  /** What somebody has not read yet; the first is number `#first`. */
  #messages: FeedMessage[] = []
  #first = 0
  #bytes = 0
  #about: Opened | undefined
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
    this.#places.set(listener, { position: this.#next, paused: false })
    this.#transport.pause(false)
    const about = this.#about
    if (about === undefined) return
    // The caller does not know yet that it has joined.
    queueMicrotask(() => {
      if (this.#places.has(listener)) listener.opened(about)
    })
  }

  /** The listener is told of nothing any more; nobody left ends the connection. */
  leave(listener: FeedListener): void {
    if (!this.#places.delete(listener)) return
    this.#trim()
    if (this.#places.size > 0) return this.#pauseIfAllAre()
    this.onUnused()
    this.#transport.close(CloseCode.normal, '')
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
    this.#transport.close(code, reason)
  }

  opened(about: Opened): void {
    this.#about = about
    const send = (kind: number, data: Uint8Array): void => this.#transport.send(kind, data, true)
    for (const message of this.#greeting) sendListed(message, send)
    for (const listener of this.#listeners) listener.opened(about)
  }

  message(kind: number, data: Buffer): void {
    this.#messages.push({ kind, data })
    this.#bytes += data.length
    for (const [listener, place] of [...this.#places]) this.#advance(listener, place)
    this.#trim()
    this.#endTooSlow()
  }

  failed(error: EwsError): void {
    for (const listener of this.#listeners) listener.failed(error)
  }

  closed(code: number, reason: string, wasClean: boolean): void {
    this.#end = { code, reason, wasClean }
    this.onEnd()
    // Those that have not read everything yet are told behind that.
    for (const [listener, place] of [...this.#places]) this.#advance(listener, place)
  }

  trying(): void {}

  reconnecting(about: Reconnecting): void {
    for (const listener of this.#listeners) listener.reconnecting(about)
  }

  reconnected(about: Reconnected): void {
    this.#about = about
    for (const listener of this.#listeners) listener.reconnected(about)
  }

  get #listeners(): FeedListener[] {
    return [...this.#places.keys()]
  }

  /** The number of the message that comes next. */
  get #next(): number {
    return this.#first + this.#messages.length
  }

  #advance(listener: FeedListener, place: Place): void {
    while (!place.paused && this.#places.get(listener) === place) {
      const message = this.#messages[place.position - this.#first]
      if (message === undefined) break
      place.position++
      if (!listener.message(message.kind, message.data)) place.paused = true
    }
    if (this.#end === undefined || place.position < this.#next) return
    const { code, reason, wasClean } = this.#end
    if (this.#places.delete(listener)) listener.closed(code, reason, wasClean)
  }

  /** Forgets what everybody has read. */
  #trim(): void {
    let slowest = this.#next
    for (const { position } of this.#places.values()) slowest = Math.min(slowest, position)
    const read = this.#messages.splice(0, slowest - this.#first)
    this.#first = slowest
    for (const { data } of read) this.#bytes -= data.length
  }

  #endTooSlow(): void {
    const { bufferBytes, bufferMessages } = this.#options
    while (this.#bytes > bufferBytes || this.#messages.length > bufferMessages) {
      const slow = [...this.#places].filter(([, { position }]) => position === this.#first)
      if (slow.length === 0) return
      // Nobody is ahead of them: the server waits, and nobody ends.
      if (slow.length === this.#places.size) return this.#pauseIfAllAre()
      const behind = this.#messages.length
      for (const [listener] of slow) {
        this.#places.delete(listener)
        const message = `the plugin is ${behind} messages behind others that share the connection (hub.shared.bufferBytes, bufferMessages)`
        listener.failed(new EwsError('EWS_LIMIT', message))
        listener.closed(CloseCode.policyViolation, 'too slow', false)
      }
      this.#trim()
    }
  }

  #pauseIfAllAre(): void {
    if (this.#end !== undefined) return
    const all = [...this.#places.values()].every(({ paused }) => paused)
    this.#transport.pause(all)
  }
}
