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
  /** Sets the output, of which it takes a copy; it takes precedence over the returned value. */
  output(data: string | Uint8Array | ArrayBuffer): void
}

/** The loop's side of a call. */
export class Call implements PluginCall {
  readonly id: number
  readonly name: string
  settled = false
  outputData: string | Uint8Array | undefined
  readonly #platform: Platform
  #input: Uint8Array | undefined
  #suspended = false

  constructor(id: number, name: string, platform: Platform) {
    this.id = id
    this.name = name
    this.#platform = platform
  }

  input(): Uint8Array {
    if (this.#suspended) return this.#input ?? new Uint8Array(0)
    this.#input ??= this.#platform.input()
    return this.#input
  }

  inputText(): string {
    return new TextDecoder().decode(this.input())
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

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
