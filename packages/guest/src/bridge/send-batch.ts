import {
  encodeRecords,
  errorFrom,
  recordBytes,
  RecordType,
  type RawRecord,
} from '@extism-ws/protocol'

import { engine } from '../engine.js'

/** What a batch needs of the bridge. */
interface BatchHost {
  /** JSON about a socket, see docs/abi.md §2.4. */
  info(socket: number): string
  sendMany(block: Uint8Array): number
  error(): string
}

/** Messages of one turn that are sent one by one, each in a block of its own. */
const singles = 100
/** A block of records is sent when it has as many bytes. */
const batchBytes = 65_536
/** The most that the frame of a message adds (RFC 6455 §5.2). */
const framing = 14

/**
 * Packs messages into few blocks when a turn sends many. Every block counts against the 32,767 that
 * Extism's JavaScript SDK has between two resets, freed or not; past them the instance is lost.
 *
 * A packed message must not fail, as its sender has gone on: it is taken only while the host has said
 * that there is room for it. Nothing else happens at the host while the guest runs.
 */
export class SendBatch {
  readonly #host: BatchHost
  readonly #encoder = new TextEncoder()
  #sent = 0
  #records: RawRecord[] = []
  #bytes = 0
  /** By socket: what its send buffer still takes. */
  readonly #room = new Map<number, number>()

  constructor(host: BatchHost) {
    this.#host = host
  }

  /** Blocks are counted anew. */
  newTurn(): void {
    this.#sent = 0
    this.#room.clear()
  }

  /** Whether the message was taken; otherwise the caller sends it, and gets the host's answer. */
  take(socket: number, kind: number, data: string | Uint8Array): boolean {
    if (++this.#sent <= singles) return false
    const payload = typeof data === 'string' ? this.#encoder.encode(data) : data.slice()
    const room = this.#roomOf(socket) - payload.length - framing
    if (room < 0 || payload.length > batchBytes) {
      this.flush()
      // Not asked again until something was sent: the answer takes a block too.
      if (room < 0) this.#room.set(socket, 0)
      else this.#room.delete(socket)
      return false
    }
    this.#room.set(socket, room)
    this.#records.push({ type: RecordType.message, flags: 0, code: kind, id: socket, payload })
    this.#bytes += recordBytes(payload.length)
    if (this.#bytes >= batchBytes) this.flush()
    // Promise jobs run before the guest returns to its host.
    else if (this.#records.length === 1) void Promise.resolve().then(() => this.flush())
    return true
  }

  /** Before anything else is asked of the host, which must see things in order. */
  flush(): void {
    if (this.#records.length === 0) return
    const block = encodeRecords(this.#records)
    this.#records = []
    this.#bytes = 0
    this.askAgain()
    if (this.#host.sendMany(block) >= 0) return
    engine().loop.report(errorFrom(JSON.parse(this.#host.error())))
  }

  /** The host has had time to send: sockets that were full may have room. Those that had some still do. */
  askAgain(): void {
    for (const [socket, room] of this.#room) if (room === 0) this.#room.delete(socket)
  }

  #roomOf(socket: number): number {
    const known = this.#room.get(socket)
    if (known !== undefined) return known
    const { state, sendRoom } = JSON.parse(this.#host.info(socket)) as Record<string, unknown>
    return state === 'open' && typeof sendRoom === 'number' ? sendRoom : 0
  }
}
