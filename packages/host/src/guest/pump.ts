import { EwsError, type RawRecord, readRecords, RecordFlag, RecordType } from '@extism-ws/protocol'

import { atChunkEnd } from '../chunk-end.js'
import type { HttpClient } from '../http/client.js'
import type { Log } from '../log.js'
import type { PluginStats } from '../metrics/plugin-stats.js'
import type { DispatchStats } from '../metrics/dispatch-stats.js'
import type { Session } from '../session/session.js'
import { timerDelay } from '../timer-delay.js'
import { Cancels } from './cancels.js'
import { Delivery } from './delivery.js'
import type { Guest } from './guest.js'
import { HostCall } from './host-call.js'
import { HttpPort } from './http-port.js'

const decoder = new TextDecoder()

/** What a pump moves events and records between. */
export interface PumpParts {
  readonly guest: Guest
  readonly session: Session
  readonly http: HttpClient
  readonly log: Log
  readonly stats: PluginStats
}

/** What a call may come with besides its input. */
interface CallSettings {
  /** Runs once the guest is free, before the call enters it; what it throws is what the call comes to. */
  readonly begin?: () => void
  readonly hostContext?: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * The host's half of a plugin's event loop: dispatches the guest when events wait or its deadline
 * comes, never two at a time, and settles the calls that the guest settled.
 */
export class Pump {
  readonly #guest: Guest
  readonly #session: Session
  readonly #http: HttpPort
  readonly #log: Log
  readonly #stats: DispatchStats
  readonly #cancels: Cancels
  readonly #delivery: Delivery
  readonly #pending = new Map<number, HostCall>()
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  #stopped: EwsError | undefined

  constructor({ guest, session, http, log, stats }: PumpParts) {
    this.#guest = guest
    this.#session = session
    this.#http = new HttpPort(guest, http, log)
    this.#log = log
    this.#stats = stats.dispatches
    this.#cancels = new Cancels(log)
    this.#delivery = new Delivery(guest, [this.#cancels, this.#http])
    session.onEvents = () => this.#schedule()
    this.#http.onEvents = () => this.#schedule()
  }

  get pendingCount(): number {
    return this.#pending.size
  }

  /**
   * Calls an export and waits until it has settled, which may be many dispatches later, or until the
   * signal aborts.
   *
   * @throws {PluginError} what the author's code threw or rejected with.
   * @throws {EwsError} `EWS_TRAPPED` or `EWS_DISPOSED` when the plugin is lost meanwhile.
   */
  call(
    name: string,
    input: string | Uint8Array | undefined,
    settings: CallSettings,
  ): Promise<Uint8Array | null> {
    const call = new HostCall(name, settings.signal)
    void this.#enter(call, input, settings)
    return call.promise
  }

  async #enter(
    call: HostCall,
    input: string | Uint8Array | undefined,
    settings: CallSettings,
  ): Promise<void> {
    // Also puts the entry at the bottom of the host's stack: the guest needs what V8 has left of it.
    await null
    await this.#guest.enter()
    // Aborted while it waited: the guest never hears of it.
    if (call.settled) return this.#guest.leave()
    await this.#run(call, input, settings)
    this.#afterEntry(false)
    this.#guest.leave()
  }

  /** One entry; the caller has entered. */
  async #run(
    call: HostCall,
    input: string | Uint8Array | undefined,
    { hostContext, begin }: CallSettings,
  ): Promise<void> {
    try {
      if (this.#stopped !== undefined) throw this.#stopped
      begin?.()
      const output = await this.#guest.call(call.name, input, hostContext)
      const id = this.#guest.pending
      if (id === 0) call.resolve(output)
      else this.#keep(id, call)
    } catch (error) {
      // What it waited for does not come when the plugin is disposed, and it may have said so.
      call.reject(this.#stopped ?? error)
    }
    this.#entryEnded()
  }

  /** What an instance that is lost fetched was not handled. */
  #entryEnded(): void {
    if (this.#guest.lost === undefined) this.#session.entryEnded()
  }

  /** Calls an export on the host's own behalf: the caller has entered, and failures are logged. */
  async callInside(name: string, input: Uint8Array): Promise<void> {
    const call = new HostCall(name, undefined)
    call.promise.catch((error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#log.error(`${name} failed: ${why}`)
    })
    await this.#run(call, input, {})
  }

  /** The instance is another one: what waits goes to it. */
  resume(): void {
    this.#afterEntry(this.#session.hasEvents)
  }

  /** Rejects what is pending, of which the next instance knows nothing. */
  reset(error: EwsError): void {
    clearTimeout(this.#timer)
    for (const call of this.#pending.values()) call.reject(error)
    this.#pending.clear()
    this.#cancels.clear()
  }

  /** The entry is over and the call is not. */
  #keep(id: number, call: HostCall): void {
    if (this.#stopped !== undefined) return call.reject(this.#stopped)
    if (this.#pending.has(id)) {
      const message = `the plugin left "${call.name}" pending as call ${id}, which is another one`
      return call.reject(new EwsError('EWS_INTERNAL', message))
    }
    this.#pending.set(id, call)
    call.whenAborted((reason) => {
      this.#pending.delete(id)
      this.#cancel(id, reason)
    })
  }

  /** The caller has its answer; the guest is told why nobody waits any more. */
  #cancel(id: number, reason: unknown): void {
    if (!this.#guest.takesRecords) return
    this.#cancels.push(id, reason)
    this.#schedule()
  }

  /** Rejects what is pending and dispatches no more. */
  stop(error: EwsError): void {
    this.#stopped ??= error
    this.#http.onEvents = () => {}
    this.reset(error)
  }

  /** Runs soon: behind what the current I/O callback still delivers, so that it is one dispatch. */
  #schedule(): void {
    if (this.#scheduled || this.#stopped !== undefined || !this.#guest.hasLoop) return
    this.#scheduled = true
    this.#stats.scheduled()
    atChunkEnd(this.#dispatchSoon)
  }

  #dispatchSoon = (): void => {
    if (this.#guest.enterNow()) this.#dispatch()
    else void this.#guest.enter().then(() => this.#dispatch())
  }

  /** Mostly there are events and nothing else: these need no promise. The caller has entered. */
  #dispatch(): void {
    this.#scheduled = false
    if (this.#stopped !== undefined) return this.#guest.leave()
    const { drained } = this.#session
    this.#stats.entered(this.#session.eventCount)
    if (this.#deliver()) this.#dispatched(drained)
    else void this.#runLoop().then(() => this.#dispatched(drained))
  }

  /** False when a dispatch is to follow. */
  #deliver(): boolean {
    if (this.#delivery.waiting || !this.#session.hasEvents) return false
    try {
      return this.#guest.deliver()
    } catch {
      // What becomes of a guest that is lost is reported elsewhere.
      return true
    }
  }

  async #runLoop(): Promise<void> {
    try {
      const output = await this.#delivery.dispatch()
      if (output !== null) this.#take(output)
    } catch (error) {
      // As above.
      if (this.#guest.lost === undefined) this.#log.error(`dispatch failed: ${String(error)}`)
    }
  }

  /** @param drainedBefore how many events the guest had fetched when it was entered. */
  #dispatched(drainedBefore: number): void {
    this.#stats.left()
    this.#entryEnded()
    const drains = this.#session.hasEvents && this.#session.drained > drainedBefore
    this.#afterEntry(drains || this.#delivery.waiting)
    this.#guest.leave()
  }

  /**
   * Every entry may have set timers, left work over, or settled other calls.
   *
   * @param more whether events are left; false for a guest that does not drain them, which would
   *   keep the host busy for nothing.
   */
  #afterEntry(more: boolean): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#guest.hasLoop || this.#stopped !== undefined) return
    // Its successor is dispatched when it is there.
    if (this.#guest.lost !== undefined) return
    const { deadline } = this.#guest
    if (deadline <= 0 || more) {
      if (this.#scheduled) return
      // Through the event loop: a guest that always has work must not keep I/O from running.
      this.#scheduled = true
      this.#stats.scheduled()
      setImmediate(this.#dispatchSoon)
    } else if (deadline < Infinity) {
      this.#timer = setTimeout(() => this.#schedule(), timerDelay(Math.ceil(deadline)))
    }
  }

  /** Calls that settled, requests that begin and end. */
  #take(output: Uint8Array): void {
    for (const record of readRecords(output)) {
      if (record === undefined) {
        this.#log.error('the plugin wrote a record that is cut short')
        return
      }
      if (record.type === RecordType.result || record.type === RecordType.failure) {
        this.#settleCall(record)
      } else {
        this.#http.accept(record)
        if (this.#guest.lost !== undefined) return
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
