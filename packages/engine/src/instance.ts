import { EwsError } from '@extism-ws/protocol'

/** What an error is to the build: the author's own, with positions in the script it came from. */
export interface GuestError {
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** Everything of a running engine that a snapshot keeps. */
export interface EngineState {
  readonly memory: Uint8Array
  readonly globals: ReadonlyMap<string, number | bigint>
}

/** QuickJS compiles without the source text: it would stay in the snapshot for good. */
const stripSource = 16
/** Without names of files and numbers of lines as well. */
const stripDebug = 32

export interface CompileOptions {
  /** Whether errors of this script tell positions in it. Default: true. */
  readonly positions?: boolean
}

/** `CLOCK_BUILD` of packages/engine/glue/wasi.ts: only the limit of `limit()` is measured with it. */
const buildClock = 2

interface BuildExports {
  memory: WebAssembly.Memory
  wasm_malloc(bytes: number): number
  wasm_free(pointer: number): void
  qjs_compile(
    source: number,
    length: number,
    file: number,
    flags: number,
    strip: number,
    outLength: number,
  ): number
  ews_init(global: number): number
  ews_define(name: number, slot: number): void
  ews_callbacks(...slots: number[]): void
  ews_evaluate(bytecode: number, length: number): number
  ews_exception(): number
  ews_free_text(text: number): void
  ews_bound(stackBytes: number, memoryBytes: number): void
  ews_limit(ms: number): void
  ews_interrupted(): number
  ews_cells(count: number): number
  ews_seal(): number
}

/** What was evaluated took longer than its limit. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  /** Where the guest was at that moment; empty when it was in a promise job. */
  readonly guestStack: string
  /** The limit, in milliseconds. */
  readonly limitMs: number

  constructor(guestStack: string, limitMs: number) {
    super(`the code was still running after ${limitMs} ms`)
    this.guestStack = guestStack
    this.limitMs = limitMs
  }
}

/** The author's code, or the prelude, threw while it was evaluated. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
  readonly guest: GuestError

  constructor(guest: GuestError) {
    super(`${guest.name}: ${guest.message}`)
    this.guest = guest
  }
}

/**
 * An engine that runs here, in the build: scripts are evaluated in it, then it is written back as a
 * module. Its clock stands at 0 and its random numbers are 0, so that the result depends on nothing
 * but the input.
 */
export class EngineInstance {
  readonly #exports: BuildExports
  readonly #instance: WebAssembly.Instance
  #limitMs = 0
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()

  private constructor(instance: WebAssembly.Instance) {
    this.#instance = instance
    this.#exports = instance.exports as unknown as BuildExports
  }

  /** @param module an engine with all its exports, compiled. */
  static open(module: WebAssembly.Module): EngineInstance {
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
    const own: { memory?: WebAssembly.Memory } = {}
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const members = (imports[from] ??= {})
      members[name] = (...args: (number | bigint)[]): number | bigint => {
        if (name === 'clock_time_get' && own.memory !== undefined) {
          const time = args[0] === buildClock ? BigInt(Math.round(performance.now() * 1e6)) : 0n
          new DataView(own.memory.buffer).setBigUint64(Number(args[2]), time, true)
          return 0
        }
        if (name === 'random_get') return 0
        throw new EwsError('EWS_INTERNAL', `${from} ${name} was called while a plugin was built`)
      }
    }
    const instance = new WebAssembly.Instance(module, imports)
    const engine = new EngineInstance(instance)
    own.memory = engine.#exports.memory
    return engine
  }

  /**
   * Starts QuickJS and makes the functions at these table slots natives of the prelude.
   *
   * @param callbacks slots of functions that QuickJS calls, as `ews_callbacks` takes them.
   */
  start(global: string, natives: ReadonlyMap<string, number>, callbacks: readonly number[]): void {
    const { ews_init, ews_callbacks } = this.#exports
    if (ews_init(this.#string(global)) !== 0) throw new Error('QuickJS did not start')
    ews_callbacks(...callbacks)
    this.define(natives)
  }

  /** Makes more functions natives of the prelude: those of plugins with sockets (`loadSocketNatives`). */
  define(natives: ReadonlyMap<string, number>): void {
    // Names are not freed: QuickJS keeps no copy of one until it is asked for it.
    for (const [name, slot] of natives) this.#exports.ews_define(this.#string(name), slot)
  }

  /**
   * Compiles a script, in a throw-away instance: the parser's garbage must not get into a snapshot.
   *
   * @throws {EvaluationError} for a syntax error.
   */
  compile(source: string, file: string, { positions = true }: CompileOptions = {}): Uint8Array {
    const { memory, qjs_compile, wasm_malloc } = this.#exports
    const length = this.#encoder.encode(source).length
    const outLength = wasm_malloc(4)
    const code = qjs_compile(
      this.#string(source),
      length,
      this.#string(file),
      0,
      positions ? stripSource : stripSource | stripDebug,
      outLength,
    )
    if (code === 0) throw this.#error()
    const size = new DataView(memory.buffer).getUint32(outLength, true)
    return new Uint8Array(memory.buffer, code, size).slice()
  }

  /**
   * Evaluates bytecode and its promise jobs, and answers the completion value as a string.
   *
   * @throws {EvaluationError} when the script threw.
   * @throws {InterruptedError} when it took longer than `limit` allows.
   */
  evaluate(bytecode: Uint8Array): string {
    const { memory, ews_evaluate, ews_free_text, ews_interrupted, wasm_free, wasm_malloc } =
      this.#exports
    const pointer = wasm_malloc(bytecode.length)
    new Uint8Array(memory.buffer, pointer, bytecode.length).set(bytecode)
    const text = ews_evaluate(pointer, bytecode.length)
    if (text === 0) throw this.#error()
    if (ews_interrupted() !== 0) {
      const limitMs = this.#limitMs
      this.limit(0)
      throw new InterruptedError('', limitMs)
    }
    const result = this.#text(text)
    ews_free_text(text)
    wasm_free(pointer)
    return result
  }

  /** Sets the limits of a plugin that no host attaches to; they also hold for what runs here. */
  bound(limits: { stackBytes: number; memoryBytes: number }): void {
    this.#exports.ews_bound(limits.stackBytes, limits.memoryBytes)
  }

  /**
   * Sets the longest time in milliseconds for all that is evaluated from now on; 0 for none. The
   * code cannot read the clock that measures it.
   */
  limit(ms: number): void {
    this.#limitMs = ms
    this.#exports.ews_limit(ms)
  }

  /** Makes room for the arguments of exports that take any. */
  reserveCells(count: number): void {
    this.#exports.ews_cells(count)
  }

  /**
   * Drops what is garbage, and zeroes what is free: the last act before a snapshot.
   *
   * @returns how many free bytes were zeroed.
   */
  seal(): number {
    const zeroed = this.#exports.ews_seal()
    if (zeroed < 0) throw new EwsError('EWS_INTERNAL', "the engine's heap cannot be read")
    const { memory } = this.#exports
    // The linker put the stack first, and what functions left on it is of no use to anyone.
    new Uint8Array(memory.buffer, 0, this.#stackPointer()).fill(0)
    return zeroed
  }

  /** Memory (a view, not a copy) and mutable globals, for the snapshot writer. */
  state(): EngineState {
    const globals = new Map<string, number | bigint>()
    for (const [name, value] of Object.entries(this.#instance.exports)) {
      if (value instanceof WebAssembly.Global) globals.set(name, value.value as number | bigint)
    }
    return { memory: new Uint8Array(this.#exports.memory.buffer), globals }
  }

  /** The first mutable global of a module that clang made. */
  #stackPointer(): number {
    const { global_0 } = this.#instance.exports
    return global_0 instanceof WebAssembly.Global ? (global_0.value as number) : 0
  }

  #error(): EvaluationError | InterruptedError {
    const interrupted = this.#exports.ews_interrupted() !== 0
    const limitMs = this.#limitMs
    // What describes the exception must not be interrupted too.
    this.limit(0)
    const text = this.#text(this.#exports.ews_exception())
    try {
      const { name, message, stack } = JSON.parse(text) as GuestError
      if (interrupted) return new InterruptedError(stack, limitMs)
      return new EvaluationError({ name, message, stack })
    } catch {
      if (interrupted) return new InterruptedError('', limitMs)
      return new EvaluationError({ name: 'Error', message: text, stack: '' })
    }
  }

  #string(text: string): number {
    const bytes = this.#encoder.encode(`${text}\0`)
    const pointer = this.#exports.wasm_malloc(bytes.length)
    new Uint8Array(this.#exports.memory.buffer, pointer, bytes.length).set(bytes)
    return pointer
  }

  #text(pointer: number): string {
    const bytes = new Uint8Array(this.#exports.memory.buffer)
    return this.#decoder.decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)))
  }
}
