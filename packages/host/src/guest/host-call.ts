import { addAbortListener, removeAbortListener } from './abort-listener.js'

/** One call as its caller sees it: settles once, by the guest, or by the caller's own signal. */
export class HostCall {
  readonly name: string
  readonly promise: Promise<Uint8Array | null>
  readonly #signal: AbortSignal | undefined
  #resolve!: (output: Uint8Array | null) => void // assigned by the Promise constructor
  #reject!: (reason: unknown) => void // assigned by the Promise constructor
  #settled = false
  #aborted = false
  #onAbort: (reason: unknown) => void = () => {}

  constructor(name: string, signal: AbortSignal | undefined) {
    this.name = name
    this.#signal = signal
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal === undefined) return
    if (signal.aborted) this.#abort()
    else addAbortListener(signal, this.#abort)
  }

  /** Whether the caller has its answer. */
  get settled(): boolean {
    return this.#settled
  }

  /** Calls the listener when the signal aborts the call; at once, if it did already. */
  whenAborted(listener: (reason: unknown) => void): void {
    if (this.#aborted) listener(this.#signal?.reason)
    else this.#onAbort = listener
  }

  resolve(output: Uint8Array | null): void {
    this.#settle()
    this.#resolve(output)
  }

  reject(reason: unknown): void {
    this.#settle()
    this.#reject(reason)
  }

  #abort = (): void => {
    if (this.#settled) return
    this.#aborted = true
    const reason: unknown = this.#signal?.reason
    this.reject(reason)
    this.#onAbort(reason)
  }

  #settle(): void {
    this.#settled = true
    // A signal may outlive many calls.
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#abort)
  }
}
