import { EwsError } from '@extism-ws/protocol'

import type { RawPlugin } from './bridge/sdk.js'
import type { Guest } from './guest/guest.js'
import { Pump, type PumpParts } from './guest/pump.js'
import type { HttpClient } from './http/client.js'
import { PluginOutput } from './output.js'
import type { Session } from './session/session.js'

/** What a call may be given beyond what the SDK's own takes. */
export interface CallOptions {
  /**
   * Aborting it rejects the call at once with the signal's reason. A call that has not begun never
   * does; one that is under way is told, by the `signal` of the plugin's call object, and may stop
   * early. Other calls go on. Default: none.
   */
  readonly signal?: AbortSignal | undefined
}

/**
 * A plugin with its session: the only handle through which the plugin may be called. It can do what
 * the SDK's own Plugin can; the SDK's plugin stays inside, since calls that bypass the session
 * would overlap with its events.
 */
export class Plugin implements AsyncDisposable {
  readonly #raw: RawPlugin
  readonly #module: string | undefined
  readonly #guest: Guest
  readonly #session: Session
  readonly #http: HttpClient
  readonly #pump: Pump
  #disposal: Promise<void> | undefined

  /** @internal Use `createPlugin`, or `withSockets` and `attach`. */
  constructor(raw: RawPlugin, module: string | undefined, parts: PumpParts) {
    const { guest, session, http, logger } = parts
    this.#raw = raw
    this.#module = module
    this.#guest = guest
    this.#session = session
    this.#http = http
    this.#pump = new Pump(parts)
    guest.onDeath = (death) => {
      logger.error(`extism-ws: ${death.message}`)
      this.#pump.stop(death)
      this.#http.dispose()
      void this.#session.dispose()
    }
  }

  /**
   * Calls an export; resolves when the export has returned and, if it is async, its promise has
   * settled. Any number of calls may be under way, and each can be given up by a signal.
   *
   * @param input bytes, or text that is encoded as UTF-8. Default: empty.
   * @param hostContext passed to host functions by SDK 2.
   * @param options not the third argument, which is the SDK's.
   * @returns the output, or null when the export has none.
   * @throws {PluginError} what the author's code threw: its message, and its stack by the source map.
   * @throws {EwsError} `EWS_NO_EXPORT`, `EWS_TIMEOUT`, `EWS_TRAPPED`, `EWS_DISPOSED`.
   * @throws the reason of `options.signal`: usually a DOMException, `AbortError` or `TimeoutError`.
   */
  async call(
    name: string,
    input?: string | Uint8Array | number,
    hostContext?: unknown,
    options: CallOptions = {},
  ): Promise<PluginOutput | null> {
    if (this.#disposal !== undefined) throw disposed()
    if (!this.#guest.has(name)) {
      const names = this.#guest.exportNames.filter((each) => each !== 'memory')
      const known = names.length === 0 ? 'it exports no function' : `it exports ${names.join(', ')}`
      throw new EwsError('EWS_NO_EXPORT', `the plugin has no export "${name}": ${known}`)
    }
    const data = typeof input === 'number' ? String(input) : input
    const bytes = await this.#pump.call(name, data, { hostContext, signal: options.signal })
    return bytes === null ? null : new PluginOutput(bytes)
  }

  async functionExists(name: string): Promise<boolean> {
    return this.#guest.has(name)
  }

  async getExports(): Promise<WebAssembly.ModuleExportDescriptor[]> {
    return this.#raw.getExports(this.#module)
  }

  async getImports(): Promise<WebAssembly.ModuleImportDescriptor[]> {
    return this.#raw.getImports(this.#module)
  }

  /** The Wasm instance, to look at: calling its exports would bypass the session. */
  async getInstance(): Promise<WebAssembly.Instance> {
    return this.#raw.getInstance(this.#module)
  }

  /** Whether the guest is running right now. */
  isActive(): boolean {
    return this.#guest.busy
  }

  /** There is nothing to reset: every entry starts with fresh Extism memory. */
  async reset(): Promise<boolean> {
    return !this.#guest.busy
  }

  /** What the plugin holds now: open sockets, HTTP requests and unsettled calls. */
  get open(): { sockets: number; requests: number; calls: number } {
    return {
      sockets: this.#session.socketCount,
      requests: this.#http.requestCount,
      calls: this.#pump.pendingCount,
    }
  }

  /**
   * Ends the plugin: pending calls reject with `EWS_DISPOSED`, requests are cut, sockets close with
   * 1001 and are cut after the close timeout. Resolves when nothing is left. Closing twice is fine.
   */
  close(): Promise<void> {
    this.#disposal ??= this.#dispose()
    return this.#disposal
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #dispose(): Promise<void> {
    this.#pump.stop(disposed())
    this.#http.dispose()
    await this.#session.dispose()
    // An entry that is running ends first: WASI must not be taken away from under it.
    await this.#guest.enter()
    await this.#guest.close()
    this.#guest.leave()
  }
}

function disposed(): EwsError {
  return new EwsError('EWS_DISPOSED', 'the plugin was disposed; create it anew')
}
