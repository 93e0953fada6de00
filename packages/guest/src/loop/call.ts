import { EwsError, type CancelReason } from '@extism-ws/protocol'

import { bytesOf } from '../bytes.js'
import type { ExportSignature } from './export.js'
import type { Platform } from './platform.js'

/** What an export may return or pass to `call.output`. */
export type Output = string | Uint8Array | ArrayBuffer | undefined

/**
 * One call of an export, as the author's function sees it: its last argument.
 *
 * `Host.input*` and `Host.output*` mean the current call; after an await, with several calls
 * pending, there is no such thing, and this object is the way.
 */
export interface PluginCall {
  /** Number of this call in its plugin, from 1. */
  readonly id: number
  /** The call's input, the same bytes at any time until it settles. */
  input(): Uint8Array
  /** The input as UTF-8 text. */
  inputText(): string
  /**
   * Aborts when the host's caller gives the call up, with the `name` and `message` of its reason; never
   * in a host that does not say so. Pass it on, as in `fetch(url, { signal: call.signal })`, or stop by
   * yourself. What the call still comes to is dropped.
   *
   * @throws {EwsError} `EWS_UNSUPPORTED` where there is no `AbortController`: in plugins of the official
   *   js-pdk compiler.
   */
  readonly signal: AbortSignal
  /** Sets the output, of which it takes a copy; it takes precedence over the returned value. */
  output(data: string | Uint8Array | ArrayBuffer): void
}

const plain: ExportSignature = { params: '', result: 'i' }

/** The loop's side of a call. */
export class Call implements PluginCall {
  readonly id: number
  readonly name: string
  settled = false
  outputData: string | Uint8Array | undefined
  /** What the entry returns when it succeeds: js-pdk's exit code. */
  exitCode = 0
  readonly #platform: Platform
  readonly #signature: ExportSignature | undefined
  #input: Uint8Array | undefined
  #suspended = false
  /** Made when it is asked for: most calls never are. */
  #controller: AbortController | undefined
  #cancelled: CancelReason | undefined

  constructor(id: number, name: string, platform: Platform, signature?: ExportSignature) {
    this.id = id
    this.name = name
    this.#platform = platform
    this.#signature = signature
  }

  /** The arguments by the signature, i64 as BigInt; none without one. Sets the result to 0. */
  wasmArguments(): (number | bigint)[] {
    const { params, result } = this.#signature ?? plain
    const args = params === '' ? [] : this.#platform.arguments(params)
    if (this.#hasWasmResult()) this.#platform.result(result, 0)
    return args
  }

  /**
   * Whether the export's signature makes this returned value the Wasm result and not the output. An
   * interface file is what says so: there, js-pdk's `return 0` means success.
   */
  takeResult(value: unknown): boolean {
    if (this.#signature === undefined) return false
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      return value === undefined || typeof value === 'boolean'
    }
    // A promise that settles later is too late for a result.
    if (this.#suspended) return true
    const { result } = this.#signature
    if (this.#hasWasmResult()) this.#platform.result(result, value)
    else if (result !== 'v') this.exitCode = Number(value)
    return true
  }

  /** The same -1 that js-pdk returns for a function that threw. */
  failResult(): void {
    if (this.#hasWasmResult()) this.#platform.result((this.#signature ?? plain).result, -1)
  }

  /** `() -> i32` is what every export without an interface has: its result is the exit code. */
  #hasWasmResult(): boolean {
    const { params, result } = this.#signature ?? plain
    return result !== 'v' && (params !== '' || result !== 'i')
  }

  input(): Uint8Array {
    if (this.#suspended) return this.#input ?? new Uint8Array(0)
    this.#input ??= this.#platform.input()
    return this.#input
  }

  inputText(): string {
    return new TextDecoder().decode(this.input())
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = newController()
      if (this.#cancelled !== undefined) this.#controller.abort(exceptionOf(this.#cancelled))
    }
    return this.#controller.signal
  }

  /** The host's caller has given the call up. Only the first reason counts. */
  cancel(reason: CancelReason): void {
    if (this.#cancelled !== undefined) return
    this.#cancelled = reason
    this.#controller?.abort(exceptionOf(reason))
  }

  output(data: string | Uint8Array | ArrayBuffer): void {
    this.outputData = typeof data === 'string' ? data : bytesOf(data).slice()
  }

  /** The entry ends and the call goes on: keeps the input, which the host is about to drop. */
  suspend(): void {
    this.input()
    this.#suspended = true
  }
}

/**
 * The returned value of an export as output: text and bytes as they are, undefined as none,
 * everything else as JSON.
 *
 * @throws {TypeError} when JSON cannot carry the value.
 */
export function outputOf(value: unknown, name: string): string | Uint8Array | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return bytesOf(value)
  let json: string | undefined
  let why = `a ${typeof value}`
  try {
    json = JSON.stringify(value)
  } catch (error) {
    why = error instanceof Error ? error.message : String(error)
  }
  if (json !== undefined) return json
  throw new TypeError(
    `export "${name}" returned a value that cannot be its output (${why}): ` +
      'return a string, bytes or something JSON can carry',
  )
}

function newController(): AbortController {
  const { AbortController: Controller } = globalThis as { AbortController?: typeof AbortController }
  if (Controller !== undefined) return new Controller()
  throw new EwsError(
    'EWS_UNSUPPORTED',
    'call.signal: there is no AbortController; extism-ws build adds it to code with the word `signal`',
  )
}

function exceptionOf({ name, message }: CancelReason): DOMException {
  return new DOMException(message, name === '' ? 'AbortError' : name)
}
