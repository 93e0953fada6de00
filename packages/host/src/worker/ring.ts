import {
  recordBytes,
  recordHeaderBytes,
  RecordType,
  writeRecord,
  type RawRecord,
} from '@extism-ws/protocol'

import { Control, type SharedMemory } from './shared.js'

/** Instead of a record's size: the rest up to the end is empty, and the next record is at the front. */
const wrap = 0xffff_ffff

/** The type of a record that is a `ws_progress`: its step is the code. */
export const progressType = 255

/**
 * A ring of records in shared memory, written by the plugin's thread and read by the main thread. A record
 * lies in one piece, so that its payload can be sent out of the ring.
 */
export class RingWriter {
  readonly #control: Int32Array
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #onFull: () => void

  /** @param onFull wakes the reader, who may sleep while the ring is full. */
  constructor({ control, ring }: SharedMemory, onFull: () => void) {
    this.#control = control
    this.#bytes = ring
    this.#view = new DataView(ring.buffer)
    this.#onFull = onFull
  }

  /** Whether a record with so many bytes of payload can go through: for larger ones there are other ways. */
  fits(payloadBytes: number): boolean {
    return recordBytes(payloadBytes) <= this.#bytes.length / 4
  }

  /** Waits for room. False for a record that does not fit. */
  write(record: RawRecord): boolean {
    if (!this.fits(record.payload.length)) return false
    const capacity = this.#bytes.length
    const size = recordBytes(record.payload.length)
    const written = Atomics.load(this.#control, Control.ringWritten) >>> 0
    const at = written % capacity
    const skipped = size > capacity - at ? capacity - at : 0
    this.#waitFor(written, skipped + size)
    if (skipped > 0) this.#view.setUint32(at, wrap, true)
    writeRecord(this.#bytes, this.#view, skipped > 0 ? 0 : at, record)
    Atomics.store(this.#control, Control.ringWritten, (written + skipped + size) | 0)
    return true
  }

  #waitFor(written: number, needed: number): void {
    for (;;) {
      const read = Atomics.load(this.#control, Control.ringRead)
      const used = (written - (read >>> 0)) >>> 0
      if (this.#bytes.length - used >= needed) return
      this.#onFull()
      Atomics.wait(this.#control, Control.ringRead, read)
    }
  }
}

/** The other end of the ring. */
export class RingReader {
  readonly #control: Int32Array
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor({ control, ring }: SharedMemory) {
    this.#control = control
    this.#bytes = ring
    this.#view = new DataView(ring.buffer)
  }

  /**
   * Hands out what is there: messages that lie one behind the other as a block of records, everything else one by one.
   * All of it are views of the ring, which is free when this returns.
   */
  read(takeMessages: (block: Uint8Array) => void, take: (record: RawRecord) => void): void {
    const written = Atomics.load(this.#control, Control.ringWritten) >>> 0
    let read = Atomics.load(this.#control, Control.ringRead) >>> 0
    if (read === written) return
    let start = 0
    let end = 0
    const messages = (): void => {
      if (end > start) takeMessages(this.#bytes.subarray(start, end))
      start = end
    }
    while (read !== written) {
      const at = read % this.#bytes.length
      const size = this.#view.getUint32(at, true)
      if (size === wrap) {
        read = (read + this.#bytes.length - at) >>> 0
        continue
      }
      const isMessage = this.#view.getUint8(at + 4) === RecordType.message
      if (!isMessage || at !== end) messages()
      if (!isMessage) take(this.#recordAt(at))
      else if (end === start) start = at
      if (isMessage) end = at + size
      read = (read + size) >>> 0
    }
    messages()
    Atomics.store(this.#control, Control.ringRead, read | 0)
    Atomics.notify(this.#control, Control.ringRead)
  }

  #recordAt(at: number): RawRecord {
    const view = this.#view
    const start = at + recordHeaderBytes
    return {
      type: view.getUint8(at + 4),
      flags: view.getUint8(at + 5),
      code: view.getUint16(at + 6, true),
      id: view.getUint32(at + 8, true),
      payload: this.#bytes.subarray(start, start + view.getUint32(at + 12, true)),
    }
  }
}
