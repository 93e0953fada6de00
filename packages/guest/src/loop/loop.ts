import {
  encodeRecords,
  EwsError,
  RecordFlag,
  RecordType,
  type RawRecord,
} from '@extism-ws/protocol'

import { Call, outputOf, type PluginCall } from './call.js'
import { failureOf, failureText, timeoutFailure, type Failure } from './failure.js'
import type { EventSource, Platform } from './platform.js'
import { Rejections } from './rejections.js'
import { Timers } from './timers.js'

/** An exported function of the author's entry module. */
export type PluginExport = (call: PluginCall) => unknown

const errorLevel = 4

/**
 * The event loop of a plugin: one task at a time, promise jobs after each.
 *
 * In a host that attached itself, an entry never waits: it runs what is due and returns, and the
 * host dispatches again at the deadline or when events wait. In a plain Extism host an entry waits
 * until the promise of its export has settled.
 */
export class Loop {
  readonly timers = new Timers()
  readonly rejections = new Rejections()
  readonly #platform: Platform
  readonly #pending = new Set<Call>()
  readonly #settled: RawRecord[] = []
  #exports: readonly (readonly [name: string, run: PluginExport])[] = []
  #source: EventSource | undefined
  #lastCall = 0
  /** The call whose first entry is running. */
  #running: Call | undefined
  /** The same, but only while the author's function itself is on the stack. */
  #entered: Call | undefined
  /** How the running call ended, when it ended in its first entry. */
  #outcome: { failure: Failure | undefined } | undefined
  #leftPending = 0
  #started = false
  /** Whether a promise job was cut off, and pending calls have not all failed for it yet. */
  #lost = false

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** The author's exports, in the order of their indices. */
  define(exports: Readonly<Record<string, PluginExport>>): string[] {
    this.#exports = Object.entries(exports).sort(([a], [b]) => (a < b ? -1 : 1))
    return this.#exports.map(([name]) => name)
  }

  /** Adds the bridge's events to the loop. */
  listen(source: EventSource): void {
    this.#source = source
  }

  /** The call that `Host.input*` and `Host.output*` mean now. */
  currentCall(): Call {
    if (this.#entered !== undefined) return this.#entered
    const [only, ...others] = this.#pending
    if (only === undefined)
      throw new Error('no call is running: Host.input and Host.output need one')
    if (others.length === 0) return only
    throw new EwsError(
      'EWS_AMBIGUOUS_CALL',
      `${this.#pending.size} calls are pending (${[...this.#pending].map((call) => call.name).join(', ')}): ` +
        "use the call object, the export's last argument, or return the output",
    )
  }

  /** Entry: calls export number `index`. Returns 1 when it failed, 0 when it settled or is pending. */
  call(index: number): number {
    const [name, run] = this.#exports[index] ?? []
    this.#begin()
    if (name === undefined || run === undefined)
      return this.#fail(failureOf(new Error(`no export ${index}`)))
    const call = new Call(++this.#lastCall, name, this.#platform)
    this.#running = call
    this.#outcome = undefined
    this.#entered = call
    try {
      const value = run(call)
      this.#entered = undefined
      if (isThenable(value)) this.#await(call, value)
      else this.#settle(call, value)
    } catch (error) {
      this.#entered = undefined
      this.#settleFailure(call, failureOf(error))
    }
    return this.#leave(call)
  }

  /** Entry: runs everything that is due. The output holds the calls that settled. */
  dispatch(): number {
    this.#begin()
    this.#turn(0)
    this.#failLost()
    this.#flush()
    return 0
  }

  /** Milliseconds until the next dispatch is wanted. */
  deadline(): number {
    if (this.#settled.length > 0 || this.#platform.timedOut() || this.#source?.undelivered())
      return 0
    const due = this.timers.next()
    return due === Infinity ? Infinity : Math.max(0, due - this.#platform.now())
  }

  /** Id of the call that the last entry left pending. */
  pending(): number {
    return this.#leftPending
  }

  /** The entry was cut off by its time limit, or by memory that ran out outside the author's code. */
  interrupted(error: unknown): number {
    const failure = failureOf(error)
    const call = this.#running
    this.#entered = undefined
    this.#failLost()
    if (call === undefined) {
      this.report(error)
      this.#flush()
      return 0
    }
    if (!this.#outcome) this.#settleFailure(call, failure)
    return this.#finish(call)
  }

  /** Reports an error that no one is waiting for: a listener's, a timer's, an unhandled rejection. */
  report(error: unknown): void {
    this.#platform.log(errorLevel, `Uncaught ${failureText(failureOf(error))}`)
  }

  #begin(): void {
    this.#leftPending = 0
    if (this.#started) return
    // The build's clock stands at 0: what was due after a delay is due that long after now.
    this.#started = true
    this.timers.shift(this.#platform.now())
  }

  #await(call: Call, value: PromiseLike<unknown>): void {
    this.#pending.add(call)
    Promise.resolve(value).then(
      (result) => {
        try {
          this.#settle(call, result)
        } catch (error) {
          this.#settleFailure(call, failureOf(error))
        }
      },
      (error: unknown) => this.#settleFailure(call, failureOf(error)),
    )
    this.#platform.runJobs()
    if (this.#platform.features() === null) this.#waitFor(call)
  }

  /** In a host that did not attach itself: runs the loop until the call has settled. */
  #waitFor(call: Call): void {
    while (this.#pending.has(call)) {
      const wait = Math.max(0, this.timers.next() - this.#platform.now())
      const expecting = this.#source?.expecting() ?? false
      if (wait === Infinity && !expecting) {
        throw new Error(
          `the promise of export "${call.name}" can never settle: no timer is set and no socket is open`,
        )
      }
      if (!expecting) this.#platform.sleep(wait)
      this.#turn(expecting ? Math.min(wait, 2 ** 31 - 1) : 0)
    }
  }

  /** One turn: promise jobs, events, then the timers that were due when it began. */
  #turn(timeoutMs: number): void {
    const platform = this.#platform
    platform.runJobs()
    try {
      this.#source?.poll(timeoutMs)
    } catch (error) {
      // A call that waits here would wait for ever; otherwise the timers go on.
      if (platform.features() === null) throw error
      this.report(error)
    }
    const newest = this.timers.lastOrder
    const now = platform.now()
    while (!platform.timedOut()) {
      const run = this.timers.takeDue(now, newest)
      if (run === undefined) break
      try {
        run()
      } catch (error) {
        this.report(error)
      }
      platform.runJobs()
    }
    for (const reason of this.rejections.take()) this.report(reason)
  }

  /**
   * A promise job that was cut off leaves a promise that never settles, and nothing tells whose it
   * was. No call may hang, so all that are pending fail.
   */
  #failLost(): void {
    // Kept until all have failed: the entry is over its time, and this may be cut off as well.
    if (this.#platform.takeLostJob()) this.#lost = true
    if (!this.#lost) return
    for (const call of [...this.#pending]) this.#settleFailure(call, timeoutFailure)
    this.#lost = false
  }

  #settle(call: Call, value: unknown): void {
    const output = call.outputData ?? ownOutput(value, call.name)
    call.outputData = output
    this.#record(call, undefined, () => ({
      type: RecordType.result,
      flags: output === undefined ? 0 : RecordFlag.output,
      code: 0,
      id: call.id,
      payload:
        typeof output === 'string' ? this.#platform.encode(output) : (output ?? new Uint8Array(0)),
    }))
  }

  #settleFailure(call: Call, failure: Failure): void {
    this.#record(call, failure, () => ({
      type: RecordType.failure,
      flags: 0,
      code: 0,
      id: call.id,
      payload: this.#platform.encode(JSON.stringify(failure)),
    }))
  }

  #record(call: Call, failure: Failure | undefined, record: () => RawRecord): void {
    // A call settles once; what its promise does after it was given up is nobody's business.
    if (call.settled) return
    // Made first: without memory or time for it, the call is still pending and fails instead.
    const made = this.#running === call ? undefined : record()
    call.settled = true
    this.#pending.delete(call)
    if (made === undefined) this.#outcome = { failure }
    else this.#settled.push(made)
  }

  /** The first entry of a call ends: settled or not. */
  #leave(call: Call): number {
    this.#platform.runJobs()
    this.#failLost()
    for (const reason of this.rejections.take()) this.report(reason)
    if (this.#outcome !== undefined) return this.#finish(call)
    call.suspend()
    this.#running = undefined
    this.#leftPending = call.id
    return 0
  }

  #finish(call: Call): number {
    const failure = this.#outcome?.failure
    this.#running = undefined
    this.#outcome = undefined
    if (failure !== undefined) return this.#fail(failure)
    if (call.outputData !== undefined) this.#platform.output(call.outputData)
    return 0
  }

  #fail(failure: Failure): number {
    const attached = this.#platform.features() !== null
    this.#platform.fail(attached ? JSON.stringify(failure) : failureText(failure))
    return 1
  }

  #flush(): void {
    if (this.#settled.length === 0) return
    this.#platform.output(encodeRecords(this.#settled))
    // Not before: when this is cut off, `interrupted` hands them over.
    this.#settled.length = 0
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

/** Bytes are copied: the author may use them again, for another call, before this entry ends. */
function ownOutput(value: unknown, name: string): string | Uint8Array | undefined {
  const output = outputOf(value, name)
  return output instanceof Uint8Array ? output.slice() : output
}
