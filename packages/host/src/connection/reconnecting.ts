import {
  CloseCode,
  EwsError,
  Opcode,
  type ListedMessage,
  type ReconnectRequest,
} from '@extism-ws/protocol'

import type { MessageRun } from '../message-run.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import { delayOf, isPassing, type ReconnectOptions } from './reconnect-options.js'
import { SendQueue } from './send-queue.js'
import type { Opened, Transport, TransportListener, TransportState } from './transport.js'

/** What a transport needs that outlives its connections. */
export interface ReconnectingSettings {
  readonly options: ReconnectOptions
  /** What the guest asked for besides. */
  readonly asked: ReconnectRequest
  readonly url: string
  readonly counters: ConnectionStats
  /** Begins an attempt: 0 is the first, the n-th is the n-th to reconnect. */
  readonly open: (attempt: number, listener: TransportListener) => Transport
}

/**
 * One connection after the other: when one that was open is lost, the host opens another one after a
 * delay, while the guest sleeps.
 */
export class Reconnecting implements Transport {
  readonly #settings: ReconnectingSettings
  readonly #listener: TransportListener
  readonly #queue: SendQueue
  #connection: Transport
  #protocol = ''
  #extensions = ''
  #timer: NodeJS.Timeout | undefined
  /** Whether a connection was open once: from then on it is kept up. */
  #established = false
  #connected = false
  #openedAt = 0
  #attempt = 0
  #failure: EwsError | undefined
  /** The guest wants it to end, or the host does. */
  #closing = false
  #paused = false
  #ended = false
  /** Asked for and not told yet: on the connection that there is, and on the next one if that is lost. */
  readonly #whenDrained = new Set<() => void>()

  /** @throws as `Connection.open`. */
  constructor(settings: ReconnectingSettings, listener: TransportListener) {
    this.#settings = settings
    this.#listener = listener
    const { options, asked } = settings
    const queues = asked.queue !== false
    this.#queue = new SendQueue(queues ? options.queueMessages : 0, queues ? options.queueBytes : 0)
    this.#connection = settings.open(0, this.#events())
  }

  get state(): TransportState {
    if (this.#ended) return 'closed'
    if (this.#closing) return 'closing'
    return this.#established ? 'open' : 'connecting'
  }

  get protocol(): string {
    return this.#protocol
  }

  get extensions(): string {
    return this.#extensions
  }

  get bufferedAmount(): number {
    return this.#connected ? this.#connection.bufferedAmount : this.#queue.bytes
  }

  get sendRoom(): number {
    return this.#connected ? this.#connection.sendRoom : this.#queue.room
  }

  get certainRoom(): number {
    return this.#sends ? this.#connection.certainRoom : 0
  }

  sendRun(run: MessageRun): boolean {
    return this.#sends && this.#connection.sendRun(run)
  }

  /** A connection whose closing handshake has begun takes nothing any more. */
  get #sends(): boolean {
    return this.#connected && this.#connection.state === 'open'
  }

  send(kind: number, data: Uint8Array, always = false): void {
    if (this.#sends) return this.#connection.send(kind, data, always)
    if (this.#queue.add(kind, data)) return
    throw new EwsError(
      'EWS_LIMIT',
      `${this.#settings.url} is being connected to again, and ${this.#queue.bytes} bytes wait: ` +
        'no more are kept (sockets.reconnect.queueBytes, queueMessages); wait for drain',
    )
  }

  whenDrained(done: () => void): void {
    this.#whenDrained.add(done)
    if (this.#connected) this.#watchDrain(done)
  }

  close(code: number, reason: string): void {
    if (this.#ended) return
    this.#closing = true
    if (this.#timer === undefined) return this.#connection.close(code, reason)
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#end(CloseCode.abnormal, '', false)
  }

  #watchDrain(done: () => void): void {
    this.#connection.whenDrained(() => {
      if (this.#connected && this.#whenDrained.delete(done)) done()
    })
  }

  pause(paused: boolean): void {
    this.#paused = paused
    this.#connection.pause(paused)
  }

  #events(): TransportListener {
    return {
      opened: (about) => this.#opened(about),
      message: (kind, data) => this.#listener.message(kind, data),
      failed: (error) => {
        this.#failure = error
      },
      closed: (code, reason, wasClean) => this.#lost(code, reason, wasClean),
      reconnecting: () => {},
      trying: () => {},
      reconnected: () => {},
    }
  }

  #opened(about: Opened): void {
    this.#failure = undefined
    this.#connected = true
    this.#openedAt = performance.now()
    this.#protocol = about.protocol
    this.#extensions = about.extensions
    if (!this.#established) {
      this.#established = true
      return this.#listener.opened(about)
    }
    const { replay = [] } = this.#settings.asked
    // Nothing of it is refused: the host has bounded both, and a new connection has nothing to send yet.
    const send = (kind: number, data: Uint8Array): void => this.#connection.send(kind, data, true)
    for (const message of replay) sendListed(message, send)
    const dropped = this.#queue.flush(send)
    this.#listener.reconnected({ ...about, attempts: this.#attempt, dropped })
    for (const done of this.#whenDrained) this.#watchDrain(done)
  }

  #lost(code: number, reason: string, wasClean: boolean): void {
    const failure = this.#failure
    this.#failure = undefined
    if (
      this.#connected &&
      performance.now() - this.#openedAt >= this.#settings.options.minUptimeMs
    ) {
      this.#attempt = 0
    }
    this.#connected = false
    const attempt = this.#attempt + 1
    if (!this.#mayRetry(code, reason, failure, attempt)) {
      if (failure !== undefined) this.#listener.failed(failure)
      return this.#end(code, reason, wasClean)
    }
    this.#attempt = attempt
    const delayMs = delayOf(attempt, this.#settings.options)
    this.#listener.reconnecting({ attempt, delayMs, code, reason })
    // Whoever was told may have closed it, when there was nothing to close.
    if (this.#closing) return this.#end(CloseCode.abnormal, '', false)
    this.#timer = setTimeout(() => this.#retry(), delayMs)
  }

  #retry(): void {
    this.#timer = undefined
    this.#listener.trying()
    try {
      this.#connection = this.#settings.open(this.#attempt, this.#events())
      this.#connection.pause(this.#paused)
    } catch (cause) {
      const error = cause instanceof EwsError ? cause : new EwsError('EWS_INTERNAL', String(cause))
      this.#failure = error
      this.#lost(CloseCode.abnormal, '', false)
    }
  }

  #mayRetry(code: number, reason: string, error: EwsError | undefined, attempt: number): boolean {
    if (!this.#established || this.#closing || !isPassing(error)) return false
    const { options, asked, url } = this.#settings
    if (attempt > Math.min(options.attempts, asked.attempts ?? Infinity)) return false
    if (options.stopCodes.includes(code) || asked.stopCodes?.includes(code) === true) return false
    try {
      const wanted = options.retryIf({ url, code, reason, error, attempt })
      // Whoever was asked may have closed it.
      return wanted === true && !this.#closing
    } catch {
      // The integrator is not sure: it ends.
      return false
    }
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#ended = true
    this.#settings.counters.drops += this.#queue.size
    this.#queue.clear()
    this.#whenDrained.clear()
    this.#listener.closed(code, reason, wasClean)
  }
}

/** Sends a message as a connect request lists it. */
export function sendListed(
  message: ListedMessage,
  send: (kind: number, data: Uint8Array) => void,
): void {
  if (typeof message === 'string') send(Opcode.text, Buffer.from(message))
  else send(Opcode.binary, Buffer.from(message.base64, 'base64'))
}
