import {
  abiVersion,
  EwsError,
  Feature,
  guestLimits,
  type FindSource,
  type GuestExport,
} from '@extism-ws/protocol'

import type { RawPlugin } from '../bridge/sdk.js'
import { PluginError } from './plugin-error.js'

/** The exports of the attach handshake, once they were found. */
interface AttachExports {
  __ews_attach(features: number, timeoutMs: number, stackBytes: number, memoryBytes: number): number
  __ews_deadline(): number
  __ews_pending(): number
  /** Not in plugins of older builds. */
  __ews_reserve?(bytes: number): number
}

export interface GuestLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
}

const reported = 'Plugin-originated error: '

/**
 * The plugin below the session: entered by one caller at a time, and never again once anything but
 * a return left its Wasm.
 */
export class Guest {
  readonly #raw: RawPlugin
  readonly #attached: AttachExports | undefined
  readonly #names: ReadonlySet<string>
  readonly #find: FindSource | undefined
  #death: EwsError | undefined
  #busy = false
  readonly #queue: (() => void)[] = []
  /** Called once, when the instance is lost. */
  onDeath: (death: EwsError) => void = () => {}

  private constructor(
    raw: RawPlugin,
    names: ReadonlySet<string>,
    attached: AttachExports | undefined,
    find: FindSource | undefined,
  ) {
    this.#raw = raw
    this.#names = names
    this.#attached = attached
    this.#find = find
  }

  /**
   * Takes a plugin over, and attaches this host when the plugin knows how.
   *
   * @throws {EwsError} `EWS_UNSUPPORTED` when it speaks another version of the ABI.
   */
  static async attach(
    raw: RawPlugin,
    module: string | undefined,
    instance: WebAssembly.Instance,
    limits: GuestLimits,
    find: FindSource | undefined,
  ): Promise<Guest> {
    const functions = (await raw.getExports(module)).filter(({ kind }) => kind === 'function')
    const names = new Set(functions.map(({ name }) => name))
    if (!names.has('__ews_attach')) return new Guest(raw, names, undefined, find)
    const exports = instance.exports as unknown as AttachExports
    const { timeoutMs, memoryBytes } = limits
    // 0 would mean no limit, and more than 31 bits none that a guest could tell.
    const timeout = Math.min(Math.ceil(timeoutMs), 2 ** 31 - 1)
    const heap = Math.min(Math.floor(memoryBytes * guestLimits.heapShare), 2 ** 32 - 1)
    const version = attach(exports, timeout, heap)
    if (version !== abiVersion) {
      throw new EwsError(
        'EWS_UNSUPPORTED',
        `the plugin speaks version ${String(version)} of the ABI, this host version ${abiVersion}: rebuild it`,
      )
    }
    return new Guest(raw, names, exports, find)
  }

  /** Whether the guest has a loop that wants to be dispatched. */
  get hasLoop(): boolean {
    return this.#attached !== undefined
  }

  /** Whether the guest can be handed records. */
  get takesRecords(): boolean {
    return this.#attached !== undefined && this.#names.has('__ews_reserve')
  }

  get busy(): boolean {
    return this.#busy
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

  leave(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#busy = false
    else next()
  }

  /**
   * Calls an export; the caller has entered.
   *
   * @throws {PluginError} what the author's code threw.
   * @throws {EwsError} `EWS_TRAPPED` when the instance is lost, now or before.
   */
  async call(
    name: string,
    input?: string | Uint8Array,
    hostContext?: unknown,
  ): Promise<Uint8Array | null> {
    if (this.#death !== undefined) throw this.#death
    try {
      // SDK 1.0.3 never recycles its blocks by itself.
      await this.#raw.reset()
      const output = await this.#raw.call(name, exactCopy(input), hostContext)
      return output === null ? null : output.bytes()
    } catch (error) {
      throw this.#failure(error, name)
    }
  }

  /** Milliseconds until the guest wants to be dispatched; Infinity for never. */
  deadline(): number {
    const deadline = this.#readExport(
      '__ews_deadline',
      () => this.#attached?.__ews_deadline() ?? Infinity,
    )
    return deadline >= 0 ? deadline : Infinity
  }

  /** Id of the call that the last entry left pending; 0 for none. */
  pending(): number {
    const id = this.#readExport('__ews_pending', () => this.#attached?.__ews_pending() ?? 0)
    return Number.isInteger(id) && id > 0 ? id : 0
  }

  /** Address of a new block of so many bytes in guest memory; 0 for none. */
  reserve(bytes: number): number {
    return (
      this.#readExport('__ews_reserve', () => this.#attached?.__ews_reserve?.(bytes) ?? 0) >>> 0
    )
  }

  /** Why the instance is lost, if it is. */
  get death(): EwsError | undefined {
    return this.#death
  }

  /** A failure that a settled call brought along. */
  reportedError(text: string, name: string): PluginError {
    return new PluginError(text, name, this.#find)
  }

  /** From now on every call fails with this error. */
  kill(death: EwsError): void {
    if (this.#death !== undefined) return
    this.#death = death
    this.onDeath(death)
  }

  async close(): Promise<void> {
    await this.#raw.close()
  }

  #failure(error: unknown, name: string): EwsError {
    const message = error instanceof Error ? error.message : String(error)
    if (message.startsWith(reported))
      return this.reportedError(message.slice(reported.length), name)
    // Anything else left Wasm without a return: a trap, a stack overflow, a throwing host function.
    // The guest's stack pointer was not restored and its heap may be half changed.
    this.kill(trapped(error, name))
    return trapped(error, name)
  }

  /** NaN when there is nothing to read any more, or what is read is no number. */
  #readExport(name: GuestExport, read: () => number): number {
    if (this.#death !== undefined) return NaN
    try {
      // A module of another maker may have given the export any type.
      return Number(read())
    } catch (error) {
      this.kill(trapped(error, name))
      return NaN
    }
  }
}

function attach(exports: AttachExports, timeoutMs: number, heapBytes: number): unknown {
  try {
    return exports.__ews_attach(Feature.direct, timeoutMs, guestLimits.stackBytes, heapBytes)
  } catch (error) {
    throw trapped(error, '__ews_attach')
  }
}

function trapped(cause: unknown, name: string): EwsError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return new EwsError(
    'EWS_TRAPPED',
    `the plugin trapped in "${name}" (${why}) and cannot be used any more: create it anew`,
    { cause },
  )
}

/** SDK 1.0.3 passes the whole buffer of a view; both alias an input that spans its buffer. */
function exactCopy(input: string | Uint8Array | undefined): string | Uint8Array | undefined {
  return input instanceof Uint8Array ? new Uint8Array(input) : input
}
