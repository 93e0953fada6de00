import type { FunctionRunner } from '../bridge/function-runner.js'
import type { HostFunctions } from '../bridge/sdk.js'
import { PluginOutput } from '../output.js'
import type { Variables } from '../variables.js'
import type { FunctionAnswer, Request } from './messages.js'

/** Where the offsets of blocks begin that a function makes here: no SDK has so many. */
const firstOwn = 1n << 62n

type FunctionRequest = Request & { op: 'function' }

/** Calls of the integrator's functions, for a plugin on another thread. */
export class FunctionCalls {
  readonly #functions: Readonly<Record<string, HostFunctions>>
  readonly #runner: FunctionRunner
  readonly #variables: Variables

  constructor(
    functions: Readonly<Record<string, HostFunctions>>,
    runner: FunctionRunner,
    variables: Variables,
  ) {
    this.#functions = functions
    this.#runner = runner
    this.#variables = variables
  }

  /** @throws {EwsError} what the function threw, or came to. */
  async run(request: FunctionRequest, hostContext: unknown): Promise<FunctionAnswer> {
    const { space, name, args, blocks } = request
    const context = new BorrowedContext(blocks, this.#variables, hostContext)
    // One of the names that the thread was started with.
    const run = this.#functions[space]?.[name]
    const value = await this.#runner.run(space, name, run, context, args)
    const { variables } = context
    return { value, stored: context.own(value), changed: context.changed(), variables }
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
