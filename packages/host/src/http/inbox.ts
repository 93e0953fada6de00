import { recordBytes, type RawRecord } from '@extism-ws/protocol'

interface Bounds {
  readonly inboxBytes: number
  readonly inboxEvents: number
}

/**
 * The undelivered events of a session's HTTP requests, by request: a request that is given up takes
 * its events along at once.
 *
 * Above high water reading from servers stops; at half of it it goes on.
 */
export class HttpInbox {
  readonly #bounds: Bounds
  readonly #waiting = new Map<number, RawRecord[]>()
  #bytes = 0
  #size = 0
  #full = false
  /** Called when the inbox goes above high water (true) and below low water (false). */
  onFull: (full: boolean) => void = () => {}

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Events that wait. */
  get size(): number {
    return this.#size
  }

  get full(): boolean {
    return this.#full
  }

  /** The requests that have events waiting. */
  get requests(): number[] {
    return [...this.#waiting.keys()]
  }

  push(record: RawRecord): void {
    const queue = this.#waiting.get(record.id)
    if (queue === undefined) this.#waiting.set(record.id, [record])
    else queue.push(record)
    this.#size++
    this.#bytes += record.payload.length
    this.#adjust()
  }

  /** Forgets the events of one request. */
  discard(id: number): void {
    this.#forget(this.#waiting.get(id) ?? [])
    this.#waiting.delete(id)
    this.#adjust()
  }

  /** Takes events whose records fit in so many bytes together; the first one in any case. */
  take(mostBytes: number): RawRecord[] {
    const taken: RawRecord[] = []
    let bytes = 0
    for (const [id, queue] of this.#waiting) {
      let count = 0
      for (const record of queue) {
        const needed = recordBytes(record.payload.length)
        if (taken.length > 0 && bytes + needed > mostBytes) break
        bytes += needed
        taken.push(record)
        count++
      }
      this.#waiting.delete(id)
      if (count < queue.length) {
        // To the back, so that a long body does not hold back the others; and that is all for now.
        this.#waiting.set(id, queue.slice(count))
        break
      }
    }
    this.#forget(taken)
    this.#adjust()
    return taken
  }

  clear(): void {
    this.#waiting.clear()
    this.#bytes = 0
    this.#size = 0
  }

  #forget(records: readonly RawRecord[]): void {
    this.#size -= records.length
    for (const record of records) this.#bytes -= record.payload.length
  }

  #adjust(): void {
    const { inboxBytes, inboxEvents } = this.#bounds
    const above = this.#bytes >= inboxBytes || this.#size >= inboxEvents
    const below = this.#bytes <= inboxBytes / 2 && this.#size <= inboxEvents / 2
    if (this.#full ? !below : !above) return
    this.#full = !this.#full
    this.onFull(this.#full)
  }
}
