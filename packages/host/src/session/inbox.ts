import {
  EwsError,
  eventRecord,
  recordBytes,
  RecordType,
  type RawRecord,
  type SocketEvent,
} from '@extism-ws/protocol'

import { payloadBytes, writeEvent, type EventRecord } from './event-record.js'

interface Bounds {
  readonly inboxBytes: number
  readonly inboxEvents: number
}

/**
 * A session's undelivered events, in order of arrival.
 *
 * Events are never dropped: above high water the session pauses its sockets, so that TCP holds the
 * rest back; at half of it they go on.
 */
export class Inbox {
  readonly #bounds: Bounds
  #records: (EventRecord | undefined)[] = []
  #first = 0
  #count = 0
  #bytes = 0
  #full = false
  #peakEvents = 0
  #peakBytes = 0
  /** Called when the inbox goes above high water (true) and below low water (false). */
  onFull: (full: boolean) => void = () => {}

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#count
  }

  get full(): boolean {
    return this.#full
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The most events that waited at a time, and the most bytes. */
  get peak(): { events: number; bytes: number } {
    return { events: this.#peakEvents, bytes: this.#peakBytes }
  }

  push(record: EventRecord): void {
    this.#records.push(record)
    this.#count++
    this.#bytes += payloadBytes(record)
    this.#checkFull()
  }

  /** Puts events back that were fetched and not handled, in front of what came since. */
  putBack(records: readonly EventRecord[]): void {
    this.#records = [...records, ...this.#records.slice(this.#first)]
    this.#first = 0
    this.#count += records.length
    for (const record of records) this.#bytes += payloadBytes(record)
    this.#checkFull()
  }

  /** Puts another record in the place of each. */
  map(change: (record: RawRecord) => RawRecord): void {
    this.#records = this.#records.map((record) => (record === undefined ? record : change(record)))
  }

  /** Whether an event waits; of one socket only, if one is named. */
  has(socket: number | undefined): boolean {
    return socket === undefined ? this.size > 0 : this.#indexOf(socket) >= 0
  }

  /** Takes the next event of a socket out. */
  take(socket: number): RawRecord | undefined {
    const at = this.#indexOf(socket)
    const record = this.#records[at]
    if (record === undefined) return undefined
    this.#remove(at, record)
    this.#trim()
    return record
  }

  /**
   * Takes the messages of a socket out, which is to end.
   *
   * @param why an event in the place of the first one.
   */
  dropMessages(socket: number, why: SocketEvent | undefined): void {
    let instead = why && eventRecord(why)
    for (let at = this.#first; at < this.#records.length; at++) {
      const record = this.#records[at]
      if (record?.id !== socket || record.type !== RecordType.message) continue
      this.#remove(at, record)
      if (instead === undefined) continue
      this.#records[at] = instead
      this.#count++
      this.#bytes += instead.payload.length
      instead = undefined
    }
    this.#trim()
  }

  /** The socket of the oldest event; undefined when there is none. */
  get firstSocket(): number | undefined {
    return this.#records[this.#first]?.id
  }

  #indexOf(socket: number): number {
    for (let at = this.#first; at < this.#records.length; at++) {
      if (this.#records[at]?.id === socket) return at
    }
    return -1
  }

  #checkFull(): void {
    if (this.#count > this.#peakEvents) this.#peakEvents = this.#count
    if (this.#bytes > this.#peakBytes) this.#peakBytes = this.#bytes
    if (this.#full) return
    if (this.#bytes >= this.#bounds.inboxBytes || this.size >= this.#bounds.inboxEvents) {
      this.#full = true
      this.onFull(true)
    }
  }

  /**
   * Moves as many events as fit into a block; of one socket only, if one is named.
   *
   * @returns bytes written, and the sockets whose close event was among them.
   * @throws {EwsError} `EWS_TOO_SMALL` when not even the next event fits; it stays.
   */
  drain(
    block: Uint8Array,
    socket: number | undefined,
    count: number,
    delivered: (record: EventRecord) => void,
  ): number {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
    let written = 0
    let moved = 0
    let at = this.#first
    for (; at < this.#records.length && moved < count; at++) {
      const record = this.#records[at]
      if (record === undefined || (socket !== undefined && record.id !== socket)) continue
      const needed = recordBytes(payloadBytes(record))
      if (written + needed > block.length) {
        if (moved === 0) throw tooSmall(needed, block.length)
        break
      }
      written += writeEvent(block, view, written, record)
      this.#remove(at, record)
      moved++
      delivered(record)
    }
    this.#trim()
    return written
  }

  clear(): void {
    this.#records = []
    this.#first = 0
    this.#count = 0
    this.#bytes = 0
    if (this.#full) {
      this.#full = false
      this.onFull(false)
    }
  }

  #remove(at: number, record: EventRecord): void {
    this.#bytes -= payloadBytes(record)
    this.#records[at] = undefined
    this.#count--
  }

  /** Forgets what was taken: from the front at once, and the array when half of it is empty. */
  #trim(): void {
    while (this.#first < this.#records.length && this.#records[this.#first] === undefined) {
      this.#first++
    }
    if (this.#count === 0) {
      this.#records = []
      this.#first = 0
    } else if (this.#records.length > 1024 && this.#count * 2 < this.#records.length) {
      this.#records = this.#records.filter((record) => record !== undefined)
      this.#first = 0
    }
    const { inboxBytes, inboxEvents } = this.#bounds
    if (this.#full && this.#bytes <= inboxBytes / 2 && this.size <= inboxEvents / 2) {
      this.#full = false
      this.onFull(false)
    }
  }
}

function tooSmall(needed: number, capacity: number): EwsError {
  const message = `the next event needs ${needed} bytes, the block has ${capacity}`
  return new EwsError('EWS_TOO_SMALL', message, { needed })
}
