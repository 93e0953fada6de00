import {
  CloseCode,
  EwsError,
  errorData,
  Opcode,
  type RestoredSocket,
  type SocketEvent,
} from '@extism-ws/protocol'
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import WebSocket, { type ClientOptions } from 'ws'

import type { Limits } from '../limits.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import type { SessionStats } from '../metrics/session-stats.js'
import { connectionError } from './connection-error.js'
import { generateMask } from './mask.js'

/** What a socket is opened with; the policy has checked it. */
export interface SocketRequest {
  readonly url: URL
  readonly protocols: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Resolves the host name to addresses that the policy allows. */
  readonly lookup: LookupFunction
  /** By which the plugin finds it after a restart; empty for none. */
  readonly name: string
}

/**
 * One WebSocket connection, owned by a session. Its events end with exactly one close event,
 * whatever happened.
 */
export class Socket {
  readonly id: number
  readonly url: string
  readonly name: string
  readonly counters: ConnectionStats
  /** What the plugin keeps with it for the time after a restart. */
  attachment: Uint8Array = new Uint8Array(0)
  #ws: WebSocket
  #emit: (event: SocketEvent) => void
  readonly #stats: SessionStats
  #limits: Limits
  #pausedBy = { guest: false, inbox: false }
  #tcp: Duplex | undefined
  #draining = false
  #opened = false
  #ended = false
  #whenEnded: (() => void)[] = []
  /** Bytes of messages since the buffer was last empty. */
  #queued = 0
  /** Bytes of messages that the running entry has sent. */
  #sentNow = 0
  /** What was unsent before the running entry sent its first. */
  #unsentBefore = 0

  constructor(
    id: number,
    request: SocketRequest,
    limits: Limits,
    stats: SessionStats,
    emit: (event: SocketEvent) => void,
  ) {
    this.id = id
    this.url = request.url.href
    this.name = request.name
    this.#limits = limits
    this.#emit = emit
    // `ws` passes `lookup` on to net.connect; `closeTimeout` is not in its types yet.
    const options: ClientOptions & { closeTimeout: number; lookup: LookupFunction } = {
      headers: { ...request.headers },
      lookup: request.lookup,
      handshakeTimeout: limits.connectTimeoutMs,
      closeTimeout: limits.closeTimeoutMs,
      maxPayload: limits.messageBytes,
      perMessageDeflate: false,
      followRedirects: false,
      rejectUnauthorized: true,
      generateMask,
    }
    this.#ws = new WebSocket(request.url, [...request.protocols], options)
    this.#stats = stats
    this.counters = stats.of(request.url)
    this.#listen()
    stats.connecting(this)
  }

  get state(): 'connecting' | 'open' | 'closing' | 'closed' {
    if (this.#ended) return 'closed'
    return (['connecting', 'open', 'closing', 'closing'] as const)[this.#ws.readyState]
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
    return Math.max(0, this.#limits.sendBufferBytes - this.#ws.bufferedAmount)
  }

  get #unsent(): number {
    return Math.min(this.#ws.bufferedAmount, this.#queued)
  }

  get protocol(): string {
    return this.#ws.protocol
  }

  /** For a guest that was built anew. */
  describe(): RestoredSocket {
    const { id: socket, name, url, protocol, state, attachment } = this
    const { extensions } = this.#ws
    return { socket, name, url, protocol, extensions, state, attachment }
  }

  /**
   * Sends one message. `data` may be a view of guest memory: `ws` masks it into a buffer of its own
   * before this returns (no compression, and never a zero mask), so nothing refers to it later.
   *
   * @throws {EwsError} `EWS_CLOSED`, or `EWS_LIMIT` when the server reads too slowly.
   */
  send(kind: number, data: Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) {
      this.counters.drops++
      throw new EwsError('EWS_CLOSED', `socket ${this.id} (${this.url}) is ${this.state}, not open`)
    }
    const buffered = this.#ws.bufferedAmount
    const most = this.#limits.sendBufferBytes
    if (buffered > 0 && buffered + data.length > most) {
      this.counters.drops++
      this.#announceDrain()
      const message = `socket ${this.id} (${this.url}) holds ${buffered} unsent bytes, at most ${most} are allowed: wait for drain`
      throw new EwsError('EWS_LIMIT', message)
    }
    this.#count(data.length, buffered)
    this.counters.messagesSent++
    this.counters.bytesSent += data.length
    this.#ws.send(data, { binary: kind === Opcode.binary })
  }

  #count(bytes: number, buffered: number): void {
    if (buffered === 0) this.#queued = 0
    if (this.#sentNow === 0 && bytes > 0) {
      this.#unsentBefore = this.#unsent
      // An entry is synchronous: this runs behind it.
      queueMicrotask(() => {
        this.#sentNow = 0
      })
    }
    this.#sentNow += bytes
    this.#queued += bytes
  }

  /** Starts the closing handshake; while connecting, gives the connection up. */
  close(code: number, reason: string): void {
    if (this.#ws.readyState === WebSocket.CONNECTING) this.#ws.terminate()
    else if (code === 0) this.#ws.close()
    else this.#ws.close(code, reason)
  }

  /** Stops or resumes reading from TCP; both the guest and a full inbox may ask for it. */
  pause(by: 'guest' | 'inbox', paused: boolean): void {
    this.#pausedBy[by] = paused
    if (!this.#opened || this.#ended) return
    if (this.#pausedBy.guest || this.#pausedBy.inbox) this.#ws.pause()
    else this.#ws.resume()
  }

  /** Ends the connection as the session goes: a close frame, and TCP is cut after the close timeout. */
  end(code: number, reason: string): Promise<void> {
    if (this.#ended) return Promise.resolve()
    this.pause('guest', false)
    this.pause('inbox', false)
    this.close(code, reason)
    return new Promise((resolve) => this.#whenEnded.push(resolve))
  }

  #listen(): void {
    const socket = this.id
    this.#ws.on('upgrade', (response) => {
      this.#tcp = response.socket
    })
    this.#ws.on('open', () => {
      this.#opened = true
      this.#stats.opened(this, false)
      const { protocol, extensions } = this.#ws
      this.#emit({ type: 'open', socket, url: this.url, protocol, extensions })
      if (this.#pausedBy.inbox || this.#pausedBy.guest) this.#ws.pause()
    })
    this.#ws.on('message', (data, isBinary) => {
      const kind = isBinary ? Opcode.binary : Opcode.text
      this.counters.messagesReceived++
      this.counters.bytesReceived += (data as Buffer).length
      // `ws` hands out one Buffer per message with its default binaryType.
      this.#emit({ type: 'message', socket, kind, data: data as Buffer })
    })
    this.#ws.on('error', (error) => {
      const abandoned =
        error.message === 'WebSocket was closed before the connection was established'
      if (abandoned) return
      const failure = connectionError(error, this.url)
      this.#stats.failed(this, failure)
      this.#emit({ type: 'error', socket, error: errorData(failure) })
    })
    this.#ws.on('close', (code, reason) => {
      this.#ended = true
      const wasClean = code !== CloseCode.abnormal
      this.#stats.closed(this, code, wasClean)
      this.#emit({ type: 'close', socket, code, reason: reason.toString(), wasClean })
      for (const resolve of this.#whenEnded.splice(0)) resolve()
    })
  }

  /** Once what is buffered now has been handed to the system, the guest may send again. */
  #announceDrain(): void {
    const tcp = this.#tcp
    if (tcp === undefined || this.#draining) return
    this.#draining = true
    const drained = (): void => {
      this.#draining = false
      if (!this.#ended) this.#emit({ type: 'drain', socket: this.id })
    }
    // Below Node's own high water no drain event comes; then an empty write tells the same.
    if (tcp.writableNeedDrain) tcp.once('drain', drained)
    else tcp.write('', drained)
  }
}
