import { EwsError, RecordType, type RawRecord } from '@extism-ws/protocol'

import type { HttpClient } from '../http/client.js'
import type { Log } from '../log.js'
import type { RecordSource } from './delivery.js'
import type { Guest } from './guest.js'

/**
 * Where HTTP crosses the boundary: requests come out of a dispatch as records, their events are
 * delivered before the next one (docs/abi.md §10).
 */
export class HttpPort implements RecordSource {
  readonly #guest: Guest
  readonly #client: HttpClient
  readonly #log: Log
  #complained = false

  constructor(guest: Guest, client: HttpClient, log: Log) {
    this.#guest = guest
    this.#client = client
    this.#log = log
  }

  get waiting(): boolean {
    return this.#client.hasEvents
  }

  /** Called when events wait. */
  set onEvents(listener: () => void) {
    this.#client.onEvents = listener
  }

  /** Takes a `request` or `abort` record of the guest; others are none of its business. */
  accept({ type, id, payload }: RawRecord): void {
    if (type === RecordType.abort) return this.#client.abort(id)
    if (type !== RecordType.request) return
    if (!this.#guest.takesRecords) {
      return this.#complain('asks for HTTP but has no __ews_reserve: rebuild it')
    }
    if (!this.#client.start(id, payload)) {
      return this.#complain(`uses the request id ${id}, which does not rise: it is ignored`)
    }
    if (this.#client.overrun) {
      const message = 'the plugin asks for ever more requests without taking their answers'
      this.#guest.lose(new EwsError('EWS_LIMIT', message))
    }
  }

  take(mostBytes: number): readonly RawRecord[] {
    return this.#client.take(mostBytes)
  }

  giveUp(records: readonly RawRecord[]): void {
    const message = 'the plugin has no memory for the response'
    this.#client.giveUp(records, new EwsError('EWS_LIMIT', message))
  }

  /** Once: a plugin that is wrong here is wrong again and again. */
  #complain(problem: string): void {
    if (this.#complained) return
    this.#complained = true
    this.#log.error(`the plugin ${problem}`)
  }
}
