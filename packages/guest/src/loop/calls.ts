import {
  EwsError,
  RecordFlag,
  RecordType,
  type CancelReason,
  type RawRecord,
} from '@extism-ws/protocol'

import { outputOf, type Call } from './call.js'
import { failureText, type Failure } from './failure.js'
import type { Platform } from './platform.js'

const errorLevel = 4

/** The calls of a plugin: the one that runs, those that are pending, and those that settled. */
export class Calls {
  readonly #platform: Platform
  readonly #pending = new Map<number, Call>()
  readonly #settled: RawRecord[] = []
  /** The call whose first entry is running. */
  running: Call | undefined
  /** The same, but only while the author's function itself is on the stack. */
  entered: Call | undefined
  /** How the running call ended, when it ended in its first entry. */
  outcome: { failure: Failure | undefined } | undefined

  constructor(platform: Platform) {
    this.#platform = platform
  }

  get pending(): readonly Call[] {
    return [...this.#pending.values()]
  }

  /** Whether records of settled calls wait to be handed over. */
  get waiting(): boolean {
    return this.#settled.length > 0
  }

  isPending(call: Call): boolean {
    return this.#pending.has(call.id)
  }

  /** Records of the calls that settled; they stay until `handedOver`. */
  get settled(): readonly RawRecord[] {
    return this.#settled
  }

  handedOver(): void {
    this.#settled.length = 0
  }

  /** The call that `Host.input*` and `Host.output*` mean now. */
  current(): Call {
    if (this.entered !== undefined) return this.entered
    const [only, ...others] = this.#pending.values()
    if (only === undefined)
      throw new Error('no call is running: Host.input and Host.output need one')
    if (others.length === 0) return only
    throw new EwsError(
      'EWS_AMBIGUOUS_CALL',
      `${this.#pending.size} calls are pending (${this.pending.map((call) => call.name).join(', ')}): ` +
        "use the call object, the export's last argument, or return the output",
    )
  }

  await(call: Call): void {
    this.#pending.set(call.id, call)
  }

  /** Tells a pending call that nobody waits for it any more. It stays pending until it settles. */
  cancel(id: number, reason: CancelReason): void {
    this.#pending.get(id)?.cancel(reason)
  }

  settle(call: Call, value: unknown): void {
    const output = call.outputData ?? (call.takeResult(value) ? undefined : ownOutput(value, call))
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

  fail(call: Call, failure: Failure): void {
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
    if (this.#platform.jobsAfterEntry && this.#platform.features() === null) {
      return this.#finishLate(call, failure)
    }
    // Made first: without memory or time for it, the call is still pending and fails instead.
    const made = this.running === call ? undefined : record()
    call.settled = true
    this.#pending.delete(call.id)
    if (made === undefined) this.outcome = { failure }
    else {
      this.#settled.push(made)
      this.#platform.wake?.(0)
    }
  }

  /** Behind the entry, and nobody dispatches: there is only the output, while the host still reads it. */
  #finishLate(call: Call, failure: Failure | undefined): void {
    call.settled = true
    this.#pending.delete(call.id)
    if (this.running === call) this.outcome = { failure }
    else if (failure !== undefined) this.#platform.log(errorLevel, failureText(failure))
    else if (call.outputData !== undefined) this.#platform.output(call.outputData)
  }
}

/** Bytes are copied: the author may use them again, for another call, before this entry ends. */
function ownOutput(value: unknown, call: Call): string | Uint8Array | undefined {
  const output = outputOf(value, call.name)
  return output instanceof Uint8Array ? output.slice() : output
}
