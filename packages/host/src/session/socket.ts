import {
  CloseCode,
  errorData,
  EwsError,
  eventRecord,
  type Reconnected,
  type Reconnecting,
  type RestoredSocket,
  type SocketEvent,
} from '@extism-ws/protocol'

import type {
  Opened,
  Transport,
  TransportListener,
  TransportState,
} from '../connection/transport.js'
import { eachMessage, type MessageRun } from '../message-run.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import type { SessionStats } from '../metrics/session-stats.js'
import type { Payload } from '../pieces.js'
import { messageRecord, type EventRecord } from './event-record.js'

/** What a socket is known by. */
export interface SocketIdentity {
  readonly id: number
  readonly url: string
  /** By which the plugin finds it after a restart; empty for none. */
  readonly name: string
  readonly counters: ConnectionStats
}

/** Where a socket's events go. */
export interface SocketParts {
  readonly emit: (event: EventRecord) => void
  readonly stats: SessionStats
  /** Its place among the sockets of all plugins is free. */
  readonly release: () => void
}

/**
 * One WebSocket connection, owned by a session. Its events end with exactly one close event,
 * whatever happened.
 */
export class Socket implements TransportListener {
  readonly id: number
  readonly name: string
  readonly counters: ConnectionStats
  /** What the plugin keeps with it for the time after a restart. */
  attachment: Uint8Array = new Uint8Array(0)
  readonly #parts: SocketParts
  readonly #transport: Transport
  #url: string
  #pausedBy = { guest: false, inbox: false, host: false }
  #draining = false
  #ended = false
  #refused = false
  #whenEnded: (() => void)[] = []
  /** Bytes of messages since the buffer was last empty. */
  #queued = 0
  /** Bytes of messages that the running entry has sent. */
  #sentNow = 0
  /** What was unsent before the running entry sent its first. */
  #unsentBefore = 0

  /**
   * @param open begins to connect, or takes a connection that is open.
   * @throws as `open`.
   */
  constructor(
    { id, url, name, counters }: SocketIdentity,
    parts: SocketParts,
    open: (listener: TransportListener) => Transport,
  ) {
    this.id = id
    this.#url = url
    this.name = name
    this.counters = counters
    this.#parts = parts
    this.#transport = open(this)
  }

  get url(): string {
    return this.#url
  }

  get state(): TransportState {
    return this.#ended ? 'closed' : this.#transport.state
  }

  /**
   * Bytes of messages, without framing, that have not been handed to the system yet, with all that
   * the running entry has sent (WHATWG WebSockets §3.1, `bufferedAmount`).
   */
  get bufferedAmount(): number {
    return this.#sentNow > 0 ? this.#unsentBefore + this.#sentNow : this.#unsent
  }

  /** How large a message may be that is taken now; larger ones only by an empty buffer. */
  get sendRoom(): number {
    return this.#transport.sendRoom
  }

  /** See `Transport.certainRoom`. */
  get certainRoom(): number {
    return this.state === 'open' ? this.#transport.certainRoom : 0
  }

  get #unsent(): number {
    return Math.min(this.#transport.bufferedAmount, this.#queued)
  }

  get protocol(): string {
    return this.#transport.protocol
  }

  /** For a guest that was built anew. */
  describe(): RestoredSocket {
    const { id: socket, name, url, protocol, state, attachment } = this
    const { extensions } = this.#transport
    return { socket, name, url, protocol, extensions, state, attachment }
  }

  /**
   * Sends one message. `data` may be a view of guest memory: nothing refers to it later.
   *
   * @throws {EwsError} `EWS_CLOSED`, or `EWS_LIMIT` when the server reads too slowly.
   */
  send(kind: number, data: Uint8Array): void {
    this.#checkOpen(1)
    const transport = this.#transport
    const buffered = transport.bufferedAmount
    const unsent = this.#unsent
    try {
      transport.send(kind, data)
    } catch (error) {
      this.counters.drops++
      this.#announceDrain()
      throw error
    }
    this.#count(data.length, buffered, unsent)
  }

  /** Sends messages of guest memory. Throws as `send`, of the first that is not taken. */
  sendRun(run: MessageRun): void {
    this.#checkOpen(run.count)
    const transport = this.#transport
    const buffered = transport.bufferedAmount
    const unsent = this.#unsent
    if (transport.sendRun(run)) this.#count(run.bytes, buffered, unsent)
    else eachMessage(run, (kind, data) => this.send(kind, data))
  }

  #checkOpen(messages: number): void {
    const { state } = this
    if (state === 'open') return
    this.counters.drops += messages
    throw new EwsError('EWS_CLOSED', `socket ${this.id} (${this.#url}) is ${state}, not open`)
  }

  #count(bytes: number, buffered: number, unsent: number): void {
    if (buffered === 0) this.#queued = 0
    if (this.#sentNow === 0 && bytes > 0) {
      this.#unsentBefore = unsent
      // An entry is synchronous: this runs behind it.
      queueMicrotask(() => {
        this.#sentNow = 0
      })
    }
    this.#sentNow += bytes
    this.#queued += bytes
  }

  /** The guest has no memory for a message that came: the socket ends, and nothing that comes is delivered. */
  refuse(): EwsError {
    const error = noMemory(this.#url)
    if (this.#refused) return error
    this.#refused = true
    this.#parts.stats.failed(this, error)
    this.close(CloseCode.messageTooBig, 'too much')
    return error
  }

  /** Starts the closing handshake; while connecting, gives the connection up. */
  close(code: number, reason: string): void {
    this.#transport.close(code, reason)
  }

  /** Stops or resumes reading from TCP: the guest, a full inbox, and the host may ask for it. */
  pause(by: 'guest' | 'inbox' | 'host', paused: boolean): void {
    this.#pausedBy[by] = paused
    const { guest, inbox, host } = this.#pausedBy
    this.#transport.pause(guest || inbox || host)
  }

  /** Ends the connection as the session goes: a close frame, and TCP is cut after the close timeout. */
  end(code: number, reason: string): Promise<void> {
    if (this.#ended) return Promise.resolve()
    // What the server answers to the close frame is to be read.
    for (const by of ['guest', 'inbox', 'host'] as const) this.pause(by, false)
    const ended = new Promise<void>((resolve) => this.#whenEnded.push(resolve))
    this.close(code, reason)
    return ended
  }

  opened({ url, protocol, extensions }: Opened): void {
    this.#url = url
    this.#parts.stats.opened(this, false)
    this.#tell({ type: 'open', socket: this.id, url, protocol, extensions })
  }

  message(kind: number, data: Payload): void {
    if (!this.#refused) this.#parts.emit(messageRecord(this.id, kind, data))
  }

  failed(error: EwsError): void {
    this.#parts.stats.failed(this, error)
    this.#tell({ type: 'error', socket: this.id, error: errorData(error) })
  }

  closed(code: number, reason: string, wasClean: boolean): void {
    if (this.#ended) return
    this.#ended = true
    this.#parts.release()
    this.#parts.stats.closed(this, code, wasClean)
    this.#tell({ type: 'close', socket: this.id, code, reason, wasClean })
    for (const resolve of this.#whenEnded.splice(0)) resolve()
  }

  reconnecting(about: Reconnecting): void {
    this.#parts.stats.reconnecting(this, about.attempt, about.delayMs)
    this.#tell({ type: 'reconnecting', socket: this.id, ...about })
  }

  trying(): void {
    this.#parts.stats.connecting(this)
  }

  reconnected(about: Reconnected): void {
    this.#url = about.url
    this.#parts.stats.opened(this, true)
    this.#tell({ type: 'reconnected', socket: this.id, ...about })
  }

  #tell(event: SocketEvent): void {
    this.#parts.emit(eventRecord(event))
  }

  /** Once what is buffered now has been handed to the system, the guest may send again. */
  #announceDrain(): void {
    if (this.#draining) return
    this.#draining = true
    this.#transport.whenDrained(() => {
      this.#draining = false
      if (!this.#ended) this.#tell({ type: 'drain', socket: this.id })
    })
  }
}

/** Of a message that came from there. */
export function noMemory(url: string): EwsError {
  const message = `${url}: the plugin has no memory for a message that came: the connection is closed`
  return new EwsError('EWS_LIMIT', message)
}
