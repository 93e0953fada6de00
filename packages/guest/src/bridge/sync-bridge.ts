import type { FetchedRecord } from './fetched-records.js'

/**
 * The host functions by which `sync` waits, in a module of its own per layer: plugins without it do not
 * import them. Nothing is delivered, and no promise job runs. A timeout of -1 is none; negative results are
 * errors, as those of `Bridge`.
 */
export interface SyncBridge {
  /** The next event of one socket; 0 when none came in time. */
  receive(socket: number, timeoutMs: number): FetchedRecord | number
  /** Events of all sockets, oldest first; none when none came in time. */
  collect(timeoutMs: number): FetchedRecord[] | number
}
