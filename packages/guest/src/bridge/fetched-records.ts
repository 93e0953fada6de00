import { Opcode, Progress, recordHeaderBytes, RecordType } from '@extism-ws/protocol'

import { runJobs, timedOut } from '../engine.js'
import { isOutOfMemory } from '../out-of-memory.js'
import { told, type Deliver } from './bridge.js'

/** An event that was fetched, as `Deliver` takes it. */
export interface FetchedRecord {
  readonly type: number
  readonly flags: number
  readonly code: number
  /** The socket. */
  readonly id: number
  /** Undefined for a message that there was no memory for. */
  readonly payload: string | ArrayBuffer | undefined
}

/**
 * The records of a block (docs/abi.md §3.1), with copies of their payloads; a malformed one ends them. Written
 * out, because it runs once per message of `sync`, and the generator of `readRecords` costs half of that.
 */
export function decodeRecords(
  block: Uint8Array,
  decode: (bytes: Uint8Array) => string,
): FetchedRecord[] {
  const records: FetchedRecord[] = []
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  let at = 0
  while (block.length - at >= recordHeaderBytes) {
    const size = view.getUint32(at, true)
    const length = view.getUint32(at + 12, true)
    if (size > block.length - at || size < recordHeaderBytes + length) break
    const type = view.getUint8(at + 4)
    const flags = view.getUint8(at + 5)
    const code = view.getUint16(at + 6, true)
    const id = view.getUint32(at + 8, true)
    const bytes = block.subarray(at + recordHeaderBytes, at + recordHeaderBytes + length)
    records.push({ type, flags, code, id, payload: payloadOf(type, code, bytes, decode) })
    at += size
  }
  return records
}

function payloadOf(
  type: number,
  code: number,
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => string,
): string | ArrayBuffer | undefined {
  if (type !== RecordType.message) return bytes.slice().buffer as ArrayBuffer
  try {
    return code === Opcode.text ? decode(bytes) : (bytes.slice().buffer as ArrayBuffer)
  } catch (error) {
    if (isOutOfMemory(error)) return undefined
    throw error
  }
}

/**
 * Records that were fetched and are not delivered yet. They are delivered as the engine's native `poll`
 * delivers those of the direct layer: promise jobs after each, and the host hears how far each is.
 */
export class FetchedRecords {
  readonly #progress: (socket: number, step: number) => unknown
  #records: FetchedRecord[] = []
  #first = 0
  /** Socket of the record whose handler is running; 0 for none. */
  #delivering = 0

  constructor(progress: (socket: number, step: number) => unknown) {
    this.#progress = progress
  }

  /** Whether there are any. */
  get waiting(): boolean {
    return this.#first < this.#records.length
  }

  add(records: readonly FetchedRecord[]): void {
    this.replace([...this.rest(), ...records])
  }

  /** Those that are not delivered yet. */
  protected rest(): FetchedRecord[] {
    return this.#records.slice(this.#first)
  }

  /** Others in the place of those that are not delivered yet. */
  protected replace(records: FetchedRecord[]): void {
    this.#records = records
    this.#first = 0
  }

  /** Returns how many were delivered. What an interrupt leaves over is delivered by the next call. */
  deliver(deliver: Deliver): number {
    // A handler that was cut off is done with its event, and nothing in it could say so.
    if (this.#delivering !== 0) this.#progress(this.#delivering, Progress.delivered)
    this.#delivering = 0
    let delivered = 0
    for (let next = this.#records[this.#first]; next !== undefined;) {
      this.#first++
      this.#delivering = next.id
      this.#progress(next.id, Progress.delivering)
      const { type, flags, code, id, payload } = next
      const step = deliver(type, flags, code, id, payload) ?? Progress.delivered
      // First, because a reader may go on in a promise job.
      if (step !== Progress.delivered && step !== told) this.#progress(id, step)
      runJobs()
      this.#delivering = 0
      if (step === Progress.delivered) this.#progress(id, step)
      delivered++
      if (timedOut()) break
      next = this.#records[this.#first]
    }
    if (!this.waiting) this.replace([])
    return delivered
  }
}
