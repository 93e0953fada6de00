import type { Platform } from '../loop/index.js'

/** What of the public js-pdk API the loop uses. */
interface JsPdk {
  Host: {
    inputBytes(): ArrayBufferLike
    outputString(text: string): boolean
    outputBytes(bytes: ArrayBuffer): boolean
  }
  console: Record<'debug' | 'info' | 'warn' | 'error', (text: string) => void>
}

const methods = ['debug', 'debug', 'info', 'warn', 'error'] as const

/**
 * The loop's platform in a plugin that the official compiler made: there are no natives, promise jobs
 * run when an entry has returned, and nothing cuts an entry off.
 */
export class JsPdkPlatform implements Platform {
  readonly jobsAfterEntry = true
  /** What the host said when it attached itself. */
  attachedFeatures: number | null = null
  /** Arguments of the running entry, where its export has any. */
  args: (number | bigint)[] = []
  /** What the running entry returns, where its export has a result of its own. */
  wasmResult: number | bigint | undefined
  /** Why the running entry failed. */
  failure: string | undefined
  readonly #pdk = globalThis as unknown as JsPdk
  readonly #encoder = new TextEncoder()

  now(): number {
    return Date.now()
  }
  runJobs(): number {
    return 0
  }
  timedOut(): boolean {
    return false
  }
  takeLostJob(): boolean {
    return false
  }
  features(): number | null {
    return this.attachedFeatures
  }
  sleep(): void {}
  arguments(): (number | bigint)[] {
    return this.args
  }
  result(_type: string, value: number | bigint): void {
    this.wasmResult = value
  }
  pushed(): null {
    return null
  }
  input(): Uint8Array {
    return new Uint8Array(this.#pdk.Host.inputBytes())
  }
  output(data: string | Uint8Array): void {
    if (typeof data === 'string') this.#pdk.Host.outputString(data)
    else this.#pdk.Host.outputBytes(data.slice().buffer as ArrayBuffer)
  }
  fail(text: string): void {
    this.failure = text
  }
  encode(text: string): Uint8Array {
    return this.#encoder.encode(text)
  }
  log(level: number, text: string): void {
    this.#pdk.console[methods[level] ?? 'info'](text)
  }
}
