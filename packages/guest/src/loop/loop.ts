import { encodeRecords, readCancelReason, RecordType } from '@extism-ws/protocol'

import { Call } from './call.js'
import { Calls } from './calls.js'
import {
  defineExports,
  type DefinedExport,
  type ExportHook,
  type ExportSignature,
  type PluginExport,
} from './export.js'
import { failureOf, failureText, timeoutFailure, type Failure } from './failure.js'
import { Immediates } from './immediates.js'
import type { EventSource, Platform } from './platform.js'
import { PushedRecords } from './pushed-records.js'
import { Rejections } from './rejections.js'
import { Requests } from './requests.js'
import { isThenable } from './thenable.js'
import { Timers } from './timers.js'

const warningLevel = 3
const errorLevel = 4

/**
 * The event loop of a plugin: one task at a time, promise jobs after each.
 *
 * In a host that attached itself, an entry never waits: it runs what is due and returns, and the
 * host dispatches again at the deadline or when events wait. In a plain Extism host an entry waits
 * until the promise of its export has settled.
 */
export class Loop {
  readonly timers: Timers
  readonly immediates: Immediates
  readonly rejections = new Rejections()
  readonly requests: Requests
  /** How many entries there were, with the one that is running. */
  entries = 0
  readonly #platform: Platform
  readonly #calls: Calls
  readonly #pushed = new PushedRecords()
  readonly #hooks = new Map<string, ExportHook>()
  #exports: readonly DefinedExport[] = []
  #source: EventSource | undefined
  #lastCall = 0
  #leftPending = 0
  /** Whether a promise job was cut off, and pending calls have not all failed for it yet. */
  #lost = false

  constructor(platform: Platform) {
    this.#platform = platform
    const wake = (at: number): void => platform.wake?.(at)
    this.timers = new Timers(wake)
    this.immediates = new Immediates(wake)
    this.requests = new Requests(wake)
    this.#calls = new Calls(platform)
  }

  /** The author's exports; answers their names in the order of their indices. */
  define(
    exports: Readonly<Record<string, PluginExport>>,
    signatures: Readonly<Record<string, ExportSignature>> = {},
  ): string[] {
    this.#exports = defineExports(exports, signatures, this.#hooks)
    return this.#exports.map(({ name }) => name)
  }

  /** What becomes of an export of that name: said by the guest library while the plugin is built. */
  hook(name: string, hook: ExportHook): void {
    this.#hooks.set(name, hook)
  }

  /** Adds the bridge's events to the loop. */
  listen(source: EventSource): void {
    this.#source = source
  }

  /** The call that `Host.input*` and `Host.output*` mean now. */
  currentCall(): Call {
    return this.#calls.current()
  }

  /**
   * Entry: calls export number `index`. Returns 1 when it failed, 0 when it settled or is pending,
   * or the exit code that an export with an interface file returned.
   */
  call(index: number): number {
    const defined = this.#exports[index]
    this.#begin()
    if (defined === undefined) return this.#fail(failureOf(new Error(`no export ${index}`)))
    const { name, run, signature } = defined
    const call = new Call(++this.#lastCall, name, this.#platform, signature)
    const calls = this.#calls
    calls.running = call
    calls.outcome = undefined
    calls.entered = call
    try {
      const args = call.wasmArguments()
      const value = args.length > 0 ? run(...args) : run(call)
      calls.entered = undefined
      if (isThenable(value)) this.#await(call, value)
      else calls.settle(call, value)
    } catch (error) {
      calls.entered = undefined
      calls.fail(call, failureOf(error))
    }
    return this.#leave(call)
  }

  /** Entry: runs everything that is due. The output holds the calls that settled. */
  dispatch(): number {
    this.#begin()
    this.#pushed.add(this.#platform.pushed())
    this.#deliver()
    this.#turn(0)
    this.#failLost()
    this.#flush()
    this.#platform.rest?.(this.#due())
    return 0
  }

  /** What comes from elsewhere than events wants to run. */
  wake(): void {
    this.#platform.wake?.(0)
  }

  /** Milliseconds until the next dispatch is wanted. */
  deadline(): number {
    const due = this.#due()
    return due === Infinity ? Infinity : Math.max(0, due - this.#platform.now())
  }

  /** When it wants to run: 0 for at once. */
  #due(): number {
    const outgoing = this.#calls.waiting || this.requests.waiting
    const incoming = this.#pushed.waiting || this.#source?.undelivered()
    if (outgoing || incoming || this.immediates.waiting || this.#platform.timedOut()) return 0
    return this.timers.next()
  }

  /** Id of the call that the last entry left pending. */
  pending(): number {
    return this.#leftPending
  }

  /** The entry was cut off by its time limit, or by memory that ran out outside the author's code. */
  interrupted(error: unknown): number {
    const failure = failureOf(error)
    const call = this.#calls.running
    this.#calls.entered = undefined
    this.timers.done(this.#platform.now())
    this.#failLost()
    if (call === undefined) {
      this.report(error)
      this.#flush()
      return 0
    }
    if (!this.#calls.outcome) this.#calls.fail(call, failure)
    return this.#finish(call)
  }

  /** Reports an error that no one is waiting for: a listener's, a timer's, an unhandled rejection. */
  report(error: unknown): void {
    this.#platform.log(errorLevel, `Uncaught ${failureText(failureOf(error))}`)
  }

  /** A line of the library's own in the plugin's log: `console` is large, and most plugins do without it. */
  warn(text: string): void {
    this.#platform.log(warningLevel, text)
  }

  #begin(): void {
    this.#leftPending = 0
    // The build's clock stands at 0: what was due after a delay is due that long after now.
    if (++this.entries > 1) return
    this.timers.shift(this.#platform.now())
    this.#platform.rest?.(this.#due())
  }

  #await(call: Call, value: PromiseLike<unknown>): void {
    this.#calls.await(call)
    Promise.resolve(value).then(
      (result) => {
        try {
          this.#calls.settle(call, result)
        } catch (error) {
          this.#calls.fail(call, failureOf(error))
        }
      },
      (error: unknown) => this.#calls.fail(call, failureOf(error)),
    )
    this.#platform.runJobs()
    if (this.#platform.features() === null && !this.#platform.jobsAfterEntry) this.#waitFor(call)
  }

  /** In a host that did not attach itself: runs the loop until the call has settled. */
  #waitFor(call: Call): void {
    while (this.#calls.isPending(call)) {
      const due = this.immediates.waiting ? 0 : this.timers.next()
      const wait = Math.max(0, due - this.#platform.now())
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

  /** What the host pushed, one task for each record. */
  #deliver(): void {
    const pushed = this.#pushed
    while (!this.#platform.timedOut()) {
      const record = pushed.take()
      if (record === undefined) return
      this.#run(() => {
        if (record.type !== RecordType.cancel) return this.requests.deliver(record)
        this.#calls.cancel(record.id, readCancelReason(record.payload))
      })
    }
  }

  /**
   * One turn, as in Node: events, the immediates that were there after them, then the timers that are
   * due by now. What these start waits for the next turn, so that events always get theirs.
   */
  #turn(timeoutMs: number): void {
    const { timers, immediates } = this
    const platform = this.#platform
    platform.runJobs()
    try {
      this.#source?.poll(timeoutMs)
    } catch (error) {
      // A call that waits here would wait for ever; otherwise the timers go on.
      if (platform.features() === null) throw error
      this.report(error)
    }
    const newest = timers.lastId
    while (!platform.timedOut()) {
      const run = immediates.take(newest)
      if (run === undefined) break
      this.#run(run)
    }
    const { lastOrder } = timers
    const now = platform.now()
    while (!platform.timedOut()) {
      const run = timers.takeDue(now, lastOrder)
      if (run === undefined) break
      this.#run(run)
      timers.done(platform.now())
    }
    for (const reason of this.rejections.take()) this.report(reason)
  }

  /** One task: what it throws is reported, and promise jobs run after it. */
  #run(task: () => unknown): void {
    try {
      task()
    } catch (error) {
      this.report(error)
    }
    this.#platform.runJobs()
  }

  /**
   * A promise job that was cut off leaves a promise that never settles, and nothing tells whose it
   * was. No call may hang, so all that are pending fail.
   */
  #failLost(): void {
    // Kept until all have failed: the entry is over its time, and this may be cut off as well.
    if (this.#platform.takeLostJob()) this.#lost = true
    if (!this.#lost) return
    for (const call of this.#calls.pending) this.#calls.fail(call, timeoutFailure)
    this.#lost = false
  }

  /** The first entry of a call ends: settled or not. */
  #leave(call: Call): number {
    this.#platform.runJobs()
    this.#failLost()
    for (const reason of this.rejections.take()) this.report(reason)
    if (this.#calls.outcome !== undefined) return this.#finish(call)
    call.suspend()
    this.#calls.running = undefined
    this.#leftPending = call.id
    return 0
  }

  #finish(call: Call): number {
    const failure = this.#calls.outcome?.failure
    this.#calls.running = undefined
    this.#calls.outcome = undefined
    if (failure !== undefined) {
      call.failResult()
      return this.#fail(failure)
    }
    if (call.outputData !== undefined) this.#platform.output(call.outputData)
    return call.exitCode
  }

  #fail(failure: Failure): number {
    const attached = this.#platform.features() !== null
    this.#platform.fail(attached ? JSON.stringify(failure) : failureText(failure))
    return 1
  }

  #flush(): void {
    if (!this.#calls.waiting && !this.requests.waiting) return
    this.#platform.output(encodeRecords([...this.#calls.settled, ...this.requests.outgoing]))
    // Not before: when this is cut off, `interrupted` hands them over.
    this.#calls.handedOver()
    this.requests.handedOver()
  }
}
