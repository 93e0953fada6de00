import { encodeRecords, EwsError, recordBytes, type RawRecord } from '@extism-ws/protocol'

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

type Taken = readonly (readonly [RecordSource, readonly RawRecord[]])[]

/**
 * The way of records into the guest, besides events of sockets: they are written into its memory just
 * before a dispatch (docs/abi.md §4.4).
 */
export class Delivery {
  readonly #guest: Guest
  readonly #sources: readonly RecordSource[]

  /** @param sources in the order in which they are heard. */
  constructor(guest: Guest, sources: readonly RecordSource[]) {
    this.#guest = guest
    this.#sources = sources
  }

  get waiting(): boolean {
    return this.#sources.some((source) => source.waiting)
  }

  /** Dispatches the guest with what waits; the caller has entered. Throws as `Guest.dispatch`. */
  async dispatch(): Promise<Uint8Array | null> {
    const taken = this.#take()
    const output = await this.#hand(taken)
    if (output !== 'refused') return output
    for (const [source, records] of taken) source.giveUp(records)
    const second = await this.#hand(this.#take())
    if (second !== 'refused') return second
    const message = 'the plugin has no memory to be told that its requests failed'
    throw this.#guest.lose(new EwsError('EWS_LIMIT', message))
  }

  #take(): Taken {
    const taken: (readonly [RecordSource, readonly RawRecord[]])[] = []
    let left = mostBytes
    for (const source of this.#sources) {
      if (!source.waiting || left <= 0) continue
      const records = source.take(left)
      taken.push([source, records])
      for (const { payload } of records) left -= recordBytes(payload.length)
    }
    return taken
  }

  #hand(taken: Taken): Promise<Uint8Array | null | 'refused'> {
    if (taken.length === 0) return this.#guest.dispatch(undefined)
    return this.#guest.dispatch(encodeRecords(taken.flatMap(([, records]) => records)))
  }
}
