import { cancelRecord, recordBytes, type RawRecord } from '@extism-ws/protocol'

import type { Log } from '../log.js'
import type { RecordSource } from './delivery.js'

/** Characters of a reason's name and message that cross the boundary. */
const mostCharacters = 4096

/** What the guest has not been told yet about calls that their callers gave up. */
export class Cancels implements RecordSource {
  readonly #log: Log
  #records: RawRecord[] = []

  constructor(log: Log) {
    this.#log = log
  }

  get waiting(): boolean {
    return this.#records.length > 0
  }

  /** @param reason whatever the signal was aborted with. */
  push(call: number, reason: unknown): void {
    this.#records.push(cancelRecord(call, describe(reason)))
  }

  clear(): void {
    this.#records = []
  }

  take(mostBytes: number): readonly RawRecord[] {
    let bytes = 0
    const end = this.#records.findIndex(({ payload }, index) => {
      bytes += recordBytes(payload.length)
      return index > 0 && bytes > mostBytes
    })
    return this.#records.splice(0, end < 0 ? this.#records.length : end)
  }

  /** Their callers have been answered; only the plugin goes on for nothing. */
  giveUp(records: readonly RawRecord[]): void {
    if (records.length === 0) return
    const calls = records.map(({ id }) => id).join(', ')
    const message = `the plugin has no memory to be told which calls were cancelled (${calls})`
    this.#log.warn(message.slice(0, mostCharacters))
  }
}

function describe(reason: unknown): { name: string; message: string } {
  try {
    // DOMException too; an error of another realm is none of this one's.
    if (typeof reason === 'object' && reason !== null && 'message' in reason) {
      const name = 'name' in reason ? String(reason.name) : ''
      return { name: bounded(name || 'AbortError'), message: bounded(String(reason.message)) }
    }
    return { name: 'AbortError', message: bounded(String(reason)) }
  } catch {
    // A getter that throws, or an object without `toString`.
    return { name: 'AbortError', message: 'a reason without a description' }
  }
}

function bounded(text: string): string {
  return text.slice(0, mostCharacters)
}
