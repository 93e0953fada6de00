import { encodeRecords, EwsError, RecordType, type RawRecord } from '@extism-ws/protocol'

import type { GuestMemory } from '../bridge/direct.js'
import type { HttpClient } from '../http/client.js'
import type { Logger } from '../logger.js'
import type { Guest } from './guest.js'

/** What one dispatch is handed at the most, in bytes; single events may be larger. */
const mostBytes = 2 ** 20

/**
 * Where HTTP crosses the boundary: requests come out of a dispatch as records, their events go into
 * guest memory before the next one (docs/abi.md §10).
 */
export class HttpPort {
  readonly #guest: Guest
  readonly #memory: GuestMemory
  readonly #client: HttpClient
  readonly #logger: Logger
  #complained = false

  constructor(guest: Guest, memory: GuestMemory, client: HttpClient, logger: Logger) {
    this.#guest = guest
    this.#memory = memory
    this.#client = client
    this.#logger = logger
  }

  /** Whether events wait to be handed over. */
  get hasEvents(): boolean {
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
    if (!this.#guest.hasHttp) {
      return this.#complain('asks for HTTP but has no __ews_reserve: rebuild it')
    }
    if (!this.#client.start(id, payload)) {
      return this.#complain(`uses the request id ${id}, which does not rise: it is ignored`)
    }
    if (this.#client.overrun) {
      const message = 'the plugin asks for ever more requests without taking their answers'
      this.#guest.kill(new EwsError('EWS_LIMIT', `${message}: create it anew`))
    }
  }

  /** Hands waiting events over, just before a dispatch. The caller has entered the guest. */
  deliver(): void {
    if (!this.hasEvents) return
    const records = this.#client.take(mostBytes)
    if (this.#write(records)) return
    const message = 'the plugin has no memory for the response'
    this.#client.giveUp(records, new EwsError('EWS_LIMIT', message))
    if (this.#write(this.#client.take(mostBytes))) return
    const worse = 'the plugin has no memory to be told that its requests failed: create it anew'
    this.#guest.kill(new EwsError('EWS_LIMIT', worse))
  }

  /** False when the guest has no memory for it. */
  #write(records: readonly RawRecord[]): boolean {
    const block = encodeRecords(records)
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

  /** Once: a plugin that is wrong here is wrong again and again. */
  #complain(problem: string): void {
    if (this.#complained) return
    this.#complained = true
    this.#logger.error(`extism-ws: the plugin ${problem}`)
  }
}
