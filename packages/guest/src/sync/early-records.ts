import { sizeOf } from '../message-target.js'
import { FetchedRecords, type FetchedRecord } from '../bridge/fetched-records.js'

/** Records that were fetched while a call of `sync` waited, of all sockets. */
export class EarlyRecords extends FetchedRecords {
  /** Whether there may be some that `take` has not seen. */
  unseen = false

  /** Bytes of their payloads (UTF-16 units of text). */
  get bytes(): number {
    return this.rest().reduce(
      (sum, { payload }) => sum + (payload === undefined ? 0 : sizeOf(payload)),
      0,
    )
  }

  override add(records: readonly FetchedRecord[]): void {
    super.add(records)
    this.unseen = true
  }

  /** Takes out those of the sockets that `wanted` names: the caller delivers them. */
  take(wanted: (socket: number) => boolean): FetchedRecord[] {
    this.unseen = false
    const taken: FetchedRecord[] = []
    const others: FetchedRecord[] = []
    for (const record of this.rest()) (wanted(record.id) ? taken : others).push(record)
    this.replace(others)
    return taken
  }
}
