import { readRecords, type RawRecord } from '@extism-ws/protocol'

/**
 * What the host wrote into the guest's memory, until each record was delivered: a dispatch that is cut
 * off leaves the rest for the next one (docs/abi.md §4.4).
 */
export class PushedRecords {
  readonly #blocks: Iterator<RawRecord | undefined, void>[] = []

  /** Whether there may be more to deliver. */
  get waiting(): boolean {
    return this.#blocks.length > 0
  }

  add(block: Uint8Array | null): void {
    if (block !== null) this.#blocks.push(readRecords(block))
  }

  take(): RawRecord | undefined {
    for (;;) {
      const [block] = this.#blocks
      if (block === undefined) return undefined
      const { value } = block.next()
      if (value !== undefined) return value
      // At its end, or at a malformed record, behind which nothing is read.
      this.#blocks.shift()
    }
  }
}
