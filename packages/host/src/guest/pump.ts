import {
  type EwsError,
  type RawRecord,
  readRecords,
  RecordFlag,
  RecordType,
} from '@extism-ws/protocol'

import type { Logger } from '../logger.js'
import type { Session } from '../session/session.js'
import type { Guest } from './guest.js'
import type { HttpPort } from './http-port.js'

/** The longest delay of Node's timers. */
const maxDelay = 2 ** 31 - 1
const decoder = new TextDecoder()

interface PendingCall {
  readonly name: string
  resolve(output: Uint8Array | null): void
  reject(error: EwsError): void
}

/**
 * The host's half of a plugin's event loop: dispatches the guest when events wait or its deadline
 * comes, never two at a time, and settles the calls that the guest settled.
 */
export class Pump {
  readonly #guest: Guest
  readonly #session: Session
  readonly #http: HttpPort
  readonly #logger: Logger
  readonly #pending = new Map<number, PendingCall>()
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  #stopped: EwsError | undefined

  constructor(guest: Guest, session: Session, http: HttpPort, logger: Logger) {
    this.#guest = guest
    this.#session = session
    this.#http = http
    this.#logger = logger
    if (!guest.hasLoop) return
    session.onEvents = () => this.#schedule()
    http.onEvents = () => this.#schedule()
  }

  get pendingCount(): number {
    return this.#pending.size
  }

  /**
   * Calls an export and waits until it has settled, which may be many dispatches later.
   *
   * @throws {PluginError} what the author's code threw or rejected with.
   * @throws {EwsError} `EWS_TRAPPED` or `EWS_DISPOSED` when the plugin is lost meanwhile.
   */
  async call(
    name: string,
    input?: string | Uint8Array,
    hostContext?: unknown,
  ): Promise<Uint8Array | null> {
    // Also puts the entry at the bottom of the host's stack: the guest needs what V8 has left of it.
    await null
    await this.#guest.enter()
    let settled: Promise<Uint8Array | null>
    try {
      if (this.#stopped !== undefined) throw this.#stopped
      const output = await this.#guest.call(name, input, hostContext)
      const id = this.#guest.pending()
      if (id === 0) return output
      settled = new Promise((resolve, reject) => this.#pending.set(id, { name, resolve, reject }))
    } finally {
      this.#afterEntry(false)
      this.#guest.leave()
    }
    return settled
  }

  /** Rejects what is pending and dispatches no more. */
  stop(error: EwsError): void {
    this.#stopped ??= error
    clearTimeout(this.#timer)
    for (const call of this.#pending.values()) call.reject(error)
    this.#pending.clear()
  }

  /** Runs soon: behind what the current I/O callback still delivers, so that it is one dispatch. */
  #schedule(): void {
    if (this.#scheduled || this.#stopped !== undefined) return
    this.#scheduled = true
    process.nextTick(this.#run)
  }

  #run = (): void => {
    void this.#dispatch()
  }

  async #dispatch(): Promise<void> {
    await this.#guest.enter()
    this.#scheduled = false
    const drainedBefore = this.#session.drained
    try {
      if (this.#stopped !== undefined) return
      this.#http.deliver()
      // A guest that cannot even take its events is lost, and has been reported.
      if (this.#guest.death !== undefined) return
      const output = await this.#guest.call('__ews_dispatch')
      if (output !== null) this.#take(output)
    } catch (error) {
      this.#logger.error(`extism-ws: dispatch failed: ${String(error)}`)
    } finally {
      const drains = this.#session.hasEvents && this.#session.drained > drainedBefore
      this.#afterEntry(drains || this.#http.hasEvents)
      this.#guest.leave()
    }
  }

  /**
   * Every entry may have set timers, left work over, or settled other calls.
   *
   * @param more whether events are left; false for a guest that does not drain them, which would
   *   keep the host busy for nothing.
   */
  #afterEntry(more: boolean): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#guest.hasLoop || this.#stopped !== undefined) return
    const deadline = this.#guest.deadline()
    if (deadline <= 0 || more) {
      if (this.#scheduled) return
      // Through the event loop: a guest that always has work must not keep I/O from running.
      this.#scheduled = true
      setImmediate(this.#run)
    } else if (deadline < Infinity) {
      this.#timer = setTimeout(() => this.#schedule(), Math.min(Math.ceil(deadline), maxDelay))
    }
  }

  /** Calls that settled, requests that begin and end. */
  #take(output: Uint8Array): void {
    for (const record of readRecords(output)) {
      if (record === undefined) {
        this.#logger.error('extism-ws: the plugin wrote a record that is cut short')
        return
      }
      if (record.type === RecordType.result || record.type === RecordType.failure) {
        this.#settleCall(record)
      } else {
        this.#http.accept(record)
        if (this.#stopped !== undefined) return
      }
    }
  }

  #settleCall({ type, flags, id, payload }: RawRecord): void {
    const call = this.#pending.get(id)
    if (call === undefined) return
    this.#pending.delete(id)
    if (type === RecordType.result) {
      const hasOutput = (flags & RecordFlag.output) !== 0
      call.resolve(hasOutput ? payload : null)
    } else {
      call.reject(this.#guest.reportedError(decoder.decode(payload), call.name))
    }
  }
}
