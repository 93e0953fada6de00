import type { EwsError, FindSource } from '@extism-ws/protocol'

import { asEwsError } from '../unexpected.js'
import type { EntryEnd, Instance } from './instance.js'
import { PluginError } from './plugin-error.js'

/** What becomes of a guest whose instance is lost. */
export interface LossHandler {
  /** At once: the error for whoever waits for the guest, which says what becomes of it. */
  lost(why: EwsError): EwsError
  /** Before anyone enters again: builds another instance, or declares the guest dead. */
  mend(): Promise<void>
}

/**
 * The plugin below the session: entered by one caller at a time. An instance is never entered again once
 * anything but a return left its Wasm; another one may take its place.
 */
export class Guest {
  #instance: Instance
  #names: ReadonlySet<string>
  #find: FindSource | undefined
  /** Why the instance is lost. */
  #lost: EwsError | undefined
  /** Why there will be no other one. */
  #death: EwsError | undefined
  #busy = false
  #pending = 0
  #deadline = Infinity
  readonly #queue: (() => void)[] = []
  #handler: LossHandler = { lost: (why) => why, mend: async () => {} }

  constructor(instance: Instance, find: FindSource | undefined) {
    this.#instance = instance
    this.#names = functionNames(instance)
    this.#find = find
    instance.onLost = this.#lostIdle
  }

  set lossHandler(handler: LossHandler) {
    this.#handler = handler
  }

  /** Whether the guest has a loop that wants to be dispatched. */
  get hasLoop(): boolean {
    return this.#instance.hasLoop
  }

  /** Whether the guest can be handed records. */
  get takesRecords(): boolean {
    return this.#instance.takesRecords
  }

  get busy(): boolean {
    return this.#busy
  }

  get instance(): Instance {
    return this.#instance
  }

  /** The author's exported functions. */
  get exportNames(): string[] {
    return [...this.#names].filter((name) => !name.startsWith('__')).sort()
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Waits for the guest to be free, and keeps it until `leave`. */
  async enter(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#busy = true
  }

  /** The same if it is free now. */
  enterNow(): boolean {
    if (this.#busy) return false
    this.#busy = true
    return true
  }

  /** Whoever enters next finds another instance, if this one was lost. */
  leave(): void {
    if (this.#lost !== undefined && this.#death === undefined) {
      void this.#handler.mend().finally(() => this.#release())
    } else {
      this.#release()
    }
  }

  /**
   * Calls an export; the caller has entered.
   *
   * @throws {PluginError} what the author's code threw.
   * @throws {EwsError} `EWS_TRAPPED` or `EWS_TIMEOUT` when the instance is lost, now or before.
   */
  async call(
    name: string,
    input?: string | Uint8Array,
    hostContext?: unknown,
  ): Promise<Uint8Array | null> {
    const end = await this.#entry(() => this.#instance.call(name, input, hostContext))
    return this.#outputOf(end, name)
  }

  /**
   * Hands records over, and dispatches; the caller has entered.
   *
   * @returns 'refused' when the guest has no memory for the records.
   * @throws as `call`.
   */
  async dispatch(records: Uint8Array | undefined): Promise<Uint8Array | null | 'refused'> {
    const end = await this.#entry(() => this.#instance.dispatch(records))
    return end === undefined ? 'refused' : this.#outputOf(end, '__ews_dispatch')
  }

  /**
   * Delivers events that wait, without waiting for anything; the caller has entered.
   *
   * @returns false when a dispatch is to follow.
   * @throws {EwsError} as `call`.
   */
  deliver(): boolean {
    if (this.#lost !== undefined) return false
    let end: EntryEnd | undefined
    try {
      end = this.#instance.deliver?.()
    } catch (error) {
      throw this.lose(error)
    }
    if (end === undefined) return false
    this.#outputOf(end, '__ews_deliver')
    return true
  }

  /** Milliseconds until the guest wants to be dispatched, as of the last entry; Infinity for never. */
  get deadline(): number {
    return this.#deadline
  }

  /** Id of the call that the last entry left pending; 0 for none. */
  get pending(): number {
    return this.#pending
  }

  /** Why the instance is lost, if it is. */
  get lost(): EwsError | undefined {
    return this.#lost
  }

  /** Why there will be no other instance, if there will not. */
  get death(): EwsError | undefined {
    return this.#death
  }

  /** A failure that a settled call brought along. */
  reportedError(text: string, name: string): PluginError {
    return new PluginError(text, name, this.#find)
  }

  /** The instance is not entered again. Answers what its callers are told. */
  lose(why: unknown): EwsError {
    if (this.#lost !== undefined) return this.#lost
    const error = asEwsError(why)
    // Before the handler is asked, which may tell others.
    this.#lost = error
    this.#lost = this.#handler.lost(error)
    return this.#lost
  }

  /** There will be no other instance: every call fails with this error. */
  die(death: EwsError): void {
    this.#death ??= death
    this.#lost ??= death
  }

  /** Another instance takes the place of this one; the caller has entered. */
  async replace(instance: Instance, find: FindSource | undefined): Promise<void> {
    const old = this.#instance
    old.onLost = () => {}
    instance.onLost = this.#lostIdle
    this.#instance = instance
    this.#names = functionNames(instance)
    this.#find = find
    this.#lost = undefined
    this.#pending = 0
    this.#deadline = Infinity
    await old.close()
  }

  async close(): Promise<void> {
    this.#instance.onLost = () => {}
    await this.#instance.close()
  }

  #lostIdle = (why: unknown): void => {
    this.lose(why)
    // Whoever is inside mends it when they leave.
    if (!this.#busy) void this.enter().then(() => this.leave())
  }

  async #entry<End>(run: () => Promise<End>): Promise<End> {
    if (this.#death !== undefined) throw this.#death
    if (this.#lost !== undefined) throw this.#lost
    try {
      return await run()
    } catch (error) {
      throw this.lose(error)
    }
  }

  #outputOf({ output, failure, pending, deadline }: EntryEnd, name: string): Uint8Array | null {
    this.#pending = pending
    this.#deadline = deadline
    if (failure === undefined) return output
    throw this.reportedError(failure, name)
  }

  #release(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#busy = false
    else next()
  }
}

function functionNames({ exports }: Instance): ReadonlySet<string> {
  return new Set(exports.filter(({ kind }) => kind === 'function').map(({ name }) => name))
}
