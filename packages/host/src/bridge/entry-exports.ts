import { errorData, type EwsError } from '@extism-ws/protocol'

import type { GuestMemory } from './direct.js'

/** Exports of our engine that the host calls while one of its functions runs. */
interface Exports {
  __ews_waited?(milliseconds: number): void
  __ews_throw?(bytes: number): number
}

/**
 * What a host function has to say besides its result: how long it waited, and that it failed. A host
 * function must not throw, since an exception that runs through Wasm ends the instance.
 */
export class EntryExports {
  readonly #memory: GuestMemory
  #exports: Exports = {}
  #failure: EwsError | undefined

  constructor(memory: GuestMemory) {
    this.#memory = memory
  }

  /** Those of the instance, which is there when its host functions are. */
  set(exports: WebAssembly.Exports): void {
    this.#exports = exports as Exports
  }

  /** Runs what makes the guest's thread sleep: that time is not the guest's own. */
  whileBlocked<T>(work: () => T): T {
    const began = performance.now()
    try {
      return work()
    } finally {
      this.#waited(performance.now() - began)
    }
  }

  /** The same for a promise until which the guest is suspended. */
  untilSettled<T>(promise: Promise<T>): Promise<T> {
    const began = performance.now()
    return promise.finally(() => this.#waited(performance.now() - began))
  }

  #waited(milliseconds: number): void {
    try {
      this.#exports.__ews_waited?.(milliseconds)
    } catch {
      // A guest of another maker: what it exports under this name is its own business.
    }
  }

  /** The host function that runs has failed: the guest throws that, or else its call fails. */
  fail(error: EwsError): void {
    if (!this.#throw(Buffer.from(JSON.stringify(errorData(error))))) this.#failure ??= error
  }

  #throw(text: Uint8Array): boolean {
    try {
      const pointer = Number(this.#exports.__ews_throw?.(text.length) ?? 0) >>> 0
      if (pointer === 0) return false
      this.#memory.view(pointer, text.length).set(text)
      return true
    } catch {
      return false
    }
  }

  /** What a guest that throws nothing must fail with when its entry ends. */
  takeFailure(): EwsError | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }
}
