import { encodeRecords, EwsError, recordBytes, type RawRecord } from '@extism-ws/protocol'

import type { GuestMemory } from '../bridge/direct.js'
import type { Guest } from './guest.js'

/** What one dispatch is handed at the most, in bytes; single records may be larger. */
const mostBytes = 2 ** 20

/** Something that has records for the guest. */
export interface RecordSource {
  /** Whether records wait. */
  readonly waiting: boolean
  /** Takes records that fit in so many bytes together; the first one in any case. */
  take(mostBytes: number): readonly RawRecord[]
  /** The guest had no memory for these. What it must be told instead may wait now. */
  giveUp(records: readonly RawRecord[]): void
}

/**
 * The way of records into the guest, besides events of sockets: they are written into its memory just
 * before a dispatch (docs/abi.md §4.4).
 */
export class Delivery {
  readonly #guest: Guest
  readonly #memory: GuestMemory
  readonly #sources: readonly RecordSource[]

  /** @param sources in the order in which they are heard. */
  constructor(guest: Guest, memory: GuestMemory, sources: readonly RecordSource[]) {
    this.#guest = guest
    this.#memory = memory
    this.#sources = sources
  }

  get waiting(): boolean {
    return this.#sources.some((source) => source.waiting)
  }

  /** Hands over what waits. The caller has entered the guest, and dispatches it next. */
  deliver(): void {
    if (!this.waiting) return
    const refused = this.#hand()
    if (refused.length === 0) return
    for (const [source, records] of refused) source.giveUp(records)
    if (!this.waiting || this.#hand().length === 0) return
    const message = 'the plugin has no memory to be told that its requests failed: create it anew'
    this.#guest.kill(new EwsError('EWS_LIMIT', message))
  }

  /** Answers what the guest has no memory for, by source. */
  #hand(): (readonly [RecordSource, readonly RawRecord[]])[] {
    const taken: (readonly [RecordSource, readonly RawRecord[]])[] = []
    let left = mostBytes
    for (const source of this.#sources) {
      if (!source.waiting || left <= 0) continue
      const records = source.take(left)
      taken.push([source, records])
      for (const { payload } of records) left -= recordBytes(payload.length)
    }
    const block = encodeRecords(taken.flatMap(([, records]) => records))
    return this.#write(block) ? [] : taken
  }

  /** False when the guest has no memory for it. */
  #write(block: Uint8Array): boolean {
    const pointer = this.#guest.reserve(block.length)
    if (this.#guest.death !== undefined) return true
    if (pointer === 0) return false
    try {
      this.#memory.view(pointer, block.length).set(block)
    } catch (cause) {
      const message = `the plugin's __ews_reserve answered a block that is not in its memory (${pointer}, ${block.length} bytes): create it anew`
      this.#guest.kill(new EwsError('EWS_INTERNAL', message, { cause }))
    }
    return true
  }
}
