import { EwsError, Opcode } from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import type { Limits } from '../limits.js'
import type { ConnectionStats } from '../metrics/connection-stats.js'

/** What an outlet needs to know of its connection. */
export interface OutletSettings {
  /** For messages. */
  readonly url: string
  readonly limits: Limits
  readonly counters: ConnectionStats
  /** Whether this host is the server's side. */
  readonly isServer: boolean
}

/** The sending half of a connection, within its bound. */
export class Outlet {
  readonly #ws: WebSocket
  readonly #settings: OutletSettings
  /** Known from the end of the handshake on. */
  tcp: Duplex | undefined
  #corked = false
  #sent = 0

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
    const { limits, counters, isServer } = this.#settings
    if (!always && !this.#fits(data.length, limits.sendBufferBytes)) {
      // What this entry has sent may not be waiting for anything but its end.
      this.#uncork()
      if (!this.#fits(data.length, limits.sendBufferBytes)) throw this.#full()
    }
    this.#cork()
    this.#sent++
    counters.messagesSent++
    counters.bytesSent += data.length
    // A client's `ws` masks into a buffer of its own before this returns (no compression, and never a zero
    // mask); a server's does not mask, and would refer to the guest's memory.
    this.#ws.send(isServer ? Buffer.from(data) : data, { binary: kind === Opcode.binary })
  }

  /** See `Transport.whenDrained`. */
  whenDrained(done: () => void): void {
    const { tcp } = this
    if (tcp === undefined) return
    // Below Node's own high water no drain event comes; then an empty write tells the same.
    if (tcp.writableNeedDrain) tcp.once('drain', done)
    else tcp.write('', () => done())
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
