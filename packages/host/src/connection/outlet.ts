import { EwsError, Opcode } from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import WebSocket from 'ws'

import type { Limits } from '../limits.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'
import type { MessageRun } from '../message-run.js'
import type { DeflateOptions } from './deflate.js'
import { writeFrames } from './frames.js'

/** What an outlet needs to know of its connection. */
export interface OutletSettings {
  /** For messages. */
  readonly url: string
  readonly limits: Limits
  readonly deflate: DeflateOptions | undefined
  readonly counters: ConnectionStats
  /** Whether this host is the server's side. */
  readonly isServer: boolean
}

/** Who waits until everything up to a message has been handed to the system. */
interface Waiting {
  readonly message: number
  readonly done: () => void
}

/** The sending half of a connection, within its bound. */
export class Outlet {
  readonly #ws: WebSocket
  readonly #settings: OutletSettings
  /** Known from the end of the handshake on. */
  tcp: Duplex | undefined
  #corked = false
  #sent = 0
  /** Whether messages may be compressed; known from the first one on. */
  #compresses: boolean | undefined
  /** Messages that were handed to the system, counted where they may be compressed before. */
  #handedOver = 0
  #waiting: Waiting[] = []

  constructor(ws: WebSocket, tcp: Duplex | undefined, settings: OutletSettings) {
    this.#ws = ws
    this.tcp = tcp
    this.#settings = settings
  }

  /** Messages so far. */
  get sent(): number {
    return this.#sent
  }

  /** See `Transport.send`. */
  send(kind: number, data: Uint8Array, always: boolean): void {
    const { limits, isServer, deflate } = this.#settings
    if (!always && !this.#fits(data.length, limits.sendBufferBytes)) {
      // What this entry has sent may not be waiting for anything but its end.
      this.#uncork()
      if (!this.#fits(data.length, limits.sendBufferBytes)) throw this.#full()
    }
    this.#cork()
    this.#count(1, data.length)
    const binary = kind === Opcode.binary
    if (this.#mayCompress) {
      // zlib reads it later, on a thread of its own, and what is sent meanwhile waits for that, small or not.
      // A server of the integrator's may have agreed to it on its own: then it has the say.
      const compress = data.length >= (deflate?.threshold ?? 0)
      return this.#ws.send(Buffer.from(data), { binary, compress }, this.#handOver)
    }
    // A client's `ws` masks into a buffer of its own before this returns (no compression, and never a zero
    // mask); a server's does not mask, and would refer to the guest's memory.
    this.#ws.send(isServer ? Buffer.from(data) : data, { binary })
  }

  /** Whether messages can go past `ws`, which compresses none. */
  get takesRuns(): boolean {
    return this.tcp !== undefined && !this.#mayCompress
  }

  /** See `Transport.sendRun`. */
  sendRun(run: MessageRun): boolean {
    const { limits, isServer } = this.#settings
    const { tcp } = this
    if (tcp === undefined || this.#mayCompress || !this.#fits(run.bytes, limits.sendBufferBytes)) {
      return false
    }
    this.#count(run.count, run.bytes)
    writeFrames(tcp, run, !isServer)
    return true
  }

  #count(messages: number, bytes: number): void {
    const { counters } = this.#settings
    this.#sent += messages
    counters.messagesSent += messages
    counters.bytesSent += bytes
  }

  /** Sends a text in the guest's place: what a server does not read must not pile up. */
  say(text: Buffer): void {
    if (this.#ws.bufferedAmount >= this.#settings.limits.sendBufferBytes) return
    this.#ws.send(text, { binary: false, compress: false })
  }

  /** RFC 6455 §5.5.3: only the most recent ping need be answered. */
  pong(data: Buffer): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    if (this.#ws.bufferedAmount < this.#settings.limits.sendBufferBytes) this.#ws.pong(data)
  }

  /** See `Transport.whenDrained`. */
  whenDrained(done: () => void): void {
    const { tcp } = this
    if (tcp === undefined) return
    // What is still being compressed has not come to the TCP connection.
    if (this.#mayCompress && this.#handedOver < this.#sent) {
      this.#waiting.push({ message: this.#sent, done })
    }
    // Below Node's own high water no drain event comes; then an empty write tells the same.
    else if (tcp.writableNeedDrain) tcp.once('drain', done)
    else tcp.write('', () => done())
  }

  get #mayCompress(): boolean {
    return (this.#compresses ??= this.#ws.extensions !== '')
  }

  /** A message was handed to the system: `ws` says so in the order of the messages. */
  #handOver = (error?: Error): void => {
    // The connection has ended.
    if (error instanceof Error) return
    this.#handedOver++
    while (this.#waiting[0] !== undefined && this.#waiting[0].message <= this.#handedOver) {
      this.#waiting.shift()?.done()
    }
  }

  /** An empty buffer takes a message of any size. */
  #fits(bytes: number, most: number): boolean {
    const buffered = this.#ws.bufferedAmount
    return buffered === 0 || buffered + bytes <= most
  }

  #full(): EwsError {
    const { url, limits } = this.#settings
    return new EwsError(
      'EWS_LIMIT',
      `${url} holds ${this.#ws.bufferedAmount} unsent bytes, at most ${limits.sendBufferBytes} are allowed: wait for drain`,
    )
  }

  /** What one entry sends is one write to the system. */
  #cork(): void {
    if (this.#corked || this.tcp === undefined) return
    this.#corked = true
    this.tcp.cork()
    // An entry is synchronous: this runs behind it.
    queueMicrotask(() => this.#uncork())
  }

  #uncork(): void {
    if (!this.#corked) return
    this.#corked = false
    this.tcp?.uncork()
  }
}
