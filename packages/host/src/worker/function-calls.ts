import { functionError, inTime, isThenable, placeOf } from '../bridge/integrator-functions.js'
import type { HostFunctions } from '../bridge/sdk.js'
import type { Logger } from '../logger.js'
import { typedResult, type ResultTypes } from '../module/result-types.js'
import { PluginOutput } from '../output.js'
import type { Variables } from '../variables.js'
import type { FunctionAnswer, Request } from './messages.js'

/** Where the offsets of blocks begin that a function makes here: no SDK has so many. */
const firstOwn = 1n << 62n

type FunctionRequest = Request & { op: 'function' }

export interface FunctionCallParts {
  readonly functions: Readonly<Record<string, HostFunctions>>
  readonly variables: Variables
  readonly timeoutMs: number
  readonly disposal: AbortSignal
  readonly types: ResultTypes
  readonly logger: Logger
}

/** Calls of the integrator's functions, for a plugin on another thread. */
export class FunctionCalls {
  readonly #parts: FunctionCallParts
  readonly #failed = new Set<string>()

  constructor(parts: FunctionCallParts) {
    this.#parts = parts
  }

  /** @throws {EwsError} what the function threw, or came to. */
  async run(request: FunctionRequest, hostContext: unknown): Promise<FunctionAnswer> {
    const { space, name, args } = request
    const { functions, types } = this.#parts
    // Own ones only: these are the names that the thread was started with.
    const run = functions[space]?.[name]
    const context = new BorrowedContext(request.blocks, this.#parts.variables, hostContext)
    try {
      const result = run?.(context, ...(args as never[]))
      const settled = isThenable(result) ? await inTime(result, this.#parts) : result
      const value = typedResult(types, space, name, settled)
      const known = typeof value === 'number' || typeof value === 'bigint' ? value : undefined
      const { variables } = context
      return { value: known, stored: context.own(known), changed: context.changed(), variables }
    } catch (error) {
      const failure = functionError(name, error)
      this.#log(`${space} ${name}`, `extism-ws: ${failure.message}${placeOf(error)}`)
      throw failure
    }
  }

  /** The first failure of a function loudly: a guest may call it as often as it likes. */
  #log(key: string, line: string): void {
    this.#parts.logger[this.#failed.has(key) ? 'debug' : 'error'](line)
    this.#failed.add(key)
  }
}

/** The SDK's CallContext, as far as the blocks go that came along. */
class BorrowedContext {
  readonly #blocks: ReadonlyMap<bigint, Uint8Array>
  readonly #read = new Map<bigint, BlockView>()
  readonly #own: Uint8Array[] = []
  readonly #variables: Variables
  readonly #hostContext: unknown
  /** Those that were set, also for the plugin's thread. */
  readonly variables = new Map<string, Uint8Array | undefined>()

  constructor(blocks: ReadonlyMap<bigint, Uint8Array>, variables: Variables, hostContext: unknown) {
    this.#blocks = blocks
    this.#variables = variables
    this.#hostContext = hostContext
  }

  read(offset: bigint | number): PluginOutput | null {
    const key = BigInt(offset)
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const bytes = this.own(key) ?? this.#blocks.get(key)
    if (bytes === undefined) return null
    const view = new BlockView(bytes)
    this.#read.set(key, view)
    return view
  }

  store(data: string | Uint8Array): bigint {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    // In a buffer of its own: all of its buffer crosses to the other thread, and SDK 1.0.3 gives the guest
    // all of it. A Buffer's `slice` is a view of what others have there, too.
    return firstOwn + BigInt(this.#own.push(new Uint8Array(bytes)) - 1)
  }

  alloc(size: bigint | number): bigint {
    return this.store(new Uint8Array(Number(size)))
  }

  length(offset: bigint): bigint {
    return BigInt(this.read(offset)?.byteLength ?? 0)
  }

  hostContext(): unknown {
    return this.#hostContext
  }

  getVariable(name: string): PluginOutput | null {
    const value = this.#variables.get(name)
    return value === undefined ? null : new PluginOutput(value)
  }

  setVariable(name: string, value: string | Uint8Array): void {
    const bytes = new Uint8Array(typeof value === 'string' ? Buffer.from(value) : value)
    this.#variables.set(name, bytes)
    this.variables.set(name, bytes)
  }

  deleteVariable(name: string): void {
    this.#variables.set(name, undefined)
    this.variables.set(name, undefined)
  }

  /** The bytes of a block that was made here. */
  own(offset: number | bigint | undefined): Uint8Array | undefined {
    if (typeof offset !== 'bigint' || offset < firstOwn) return undefined
    return this.#read.get(offset)?.bytes() ?? this.#own[Number(offset - firstOwn)]
  }

  /** Blocks of the guest that were written into. */
  changed(): [bigint, Uint8Array][] {
    return [...this.#read].flatMap(([offset, view]) => {
      const before = this.#blocks.get(offset)
      const same = before === undefined || Buffer.compare(before, view.bytes()) === 0
      return same ? [] : [[offset, view.bytes()] as [bigint, Uint8Array]]
    })
  }
}

/** A copy that is written into, beside what it was. */
class BlockView extends PluginOutput {}
