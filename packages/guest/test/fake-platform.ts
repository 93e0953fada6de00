import { readRecords, RecordFlag, RecordType } from '@extism-ws/protocol'

import type { Failure, Platform } from '../src/loop/index.js'

/** How a call settled in a dispatch, as the host reads it. */
export type Settled =
  | { id: number; output: string | undefined }
  | { id: number; failure: Omit<Failure, 'stack'> }

const decoder = new TextDecoder()

/**
 * A platform in plain Node: its clock stands still unless a test moves it.
 *
 * Node cannot run promise jobs inside a synchronous call, so `runJobs` does nothing. Tests await
 * `jobs()` between the entry that starts something and the dispatch that hands over its result.
 */
export class FakePlatform implements Platform {
  clock = 0
  attached = true
  entryInput: string | Uint8Array = ''
  overTime = false
  lostJob = false
  /** Outputs, errors and logs of all entries so far. */
  readonly outputs: (string | Uint8Array)[] = []
  readonly failures: string[] = []
  readonly logs: { level: number; text: string }[] = []
  readonly sleeps: number[] = []
  /** Wasm arguments of the next entry. */
  wasmArguments: (number | bigint)[] = []
  /** Wasm results, as type and value. */
  readonly results: [type: string, value: number | bigint][] = []
  /** What the host pushes before the next dispatch. */
  block: Uint8Array | null = null
  /** Called for each output; throws to play an entry that is cut off there. */
  onOutput: () => void = () => {}

  now(): number {
    return this.clock
  }
  runJobs(): number {
    return 0
  }
  timedOut(): boolean {
    return this.overTime
  }
  takeLostJob(): boolean {
    const lost = this.lostJob
    this.lostJob = false
    return lost
  }
  features(): number | null {
    return this.attached ? 1 : null
  }
  sleep(milliseconds: number): void {
    this.sleeps.push(milliseconds)
    this.clock += milliseconds
  }
  arguments(): (number | bigint)[] {
    return this.wasmArguments
  }
  result(type: string, value: number | bigint): void {
    this.results.push([type, value])
  }
  pushed(): Uint8Array | null {
    const block = this.block
    this.block = null
    return block
  }
  input(): Uint8Array {
    return typeof this.entryInput === 'string' ? this.encode(this.entryInput) : this.entryInput
  }
  output(data: string | Uint8Array): void {
    this.onOutput()
    // As the host does, whose copy is made at once.
    this.outputs.push(typeof data === 'string' ? data : data.slice())
  }
  fail(text: string): void {
    this.failures.push(text)
  }
  encode(text: string): Uint8Array {
    return new TextEncoder().encode(text)
  }
  log(level: number, text: string): void {
    this.logs.push({ level, text })
  }

  /** The only error that an entry failed with, as an attached host reads it. */
  failure(): Omit<Failure, 'stack'> {
    if (this.failures.length !== 1) throw new Error(`${this.failures.length} failures, not one`)
    return withoutStack(JSON.parse(this.failures[0] ?? '') as Failure)
  }

  /** First lines of what was reported, in order. */
  reports(): string[] {
    return this.logs.map(({ text }) => text.split('\n')[0] ?? '')
  }

  /** The calls that the last output says have settled; takes all outputs. */
  takeSettled(): Settled[] {
    const block = this.outputs.splice(0).at(-1)
    if (block === undefined) return []
    if (typeof block === 'string') throw new Error(`the output is text, not records: ${block}`)
    return [...readRecords(block)].map((record) => {
      if (record === undefined) throw new Error('the output has a record that is cut short')
      const { type, flags, id } = record
      const text = decoder.decode(record.payload)
      if (type === RecordType.failure) {
        return { id, failure: withoutStack(JSON.parse(text) as Failure) }
      }
      return { id, output: (flags & RecordFlag.output) === 0 ? undefined : text }
    })
  }
}

/** Lets every promise job run that can: a macrotask later. */
export function jobs(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function withoutStack({ code, name, message }: Failure): Omit<Failure, 'stack'> {
  return { code, name, message }
}
