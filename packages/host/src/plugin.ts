import { EwsError, type FindSource } from '@extism-ws/protocol'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

import { Disposal, disposed, unwatch, watch } from './disposal.js'
import type { Guest } from './guest/guest.js'
import { Pump } from './guest/pump.js'
import type { RestartBudget } from './guest/restart-budget.js'
import { Supervisor, type Blueprint } from './guest/supervisor.js'
import type { HttpClient } from './http/client.js'
import type { AcceptOptions } from './inbound/accept-options.js'
import { Acceptor } from './inbound/acceptor.js'
import type { Log } from './log.js'
import type { Measured, PluginMetrics } from './metrics/plugin-metrics.js'
import { readMetrics } from './metrics/read-metrics.js'
import type { PluginStats } from './metrics/plugin-stats.js'
import { Summary, type SummaryOptions } from './metrics/summary.js'
import type { Mode } from './mode/mode.js'
import type { ManifestLike } from './module/manifest.js'
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

/** @internal What a plugin is made of. */
export interface PluginParts {
  readonly mode: Mode
  readonly guest: Guest
  readonly session: Session
  readonly http: HttpClient
  readonly log: Log
  readonly stats: PluginStats
  readonly summary: SummaryOptions
  /** Sets the source map of the plugin's lines. */
  setFind(find: FindSource | undefined): void
  /** How to build it anew; undefined where only Extism knows. */
  readonly blueprint: Blueprint | undefined
  /** The same for another module. */
  readonly blueprintFor: ((manifest: ManifestLike) => Promise<Blueprint>) | undefined
  readonly budget: RestartBudget | undefined
}

/**
 * A plugin with its session: the only handle through which the plugin may be called. It can do what
 * the SDK's own Plugin can; the SDK's plugin stays inside, since calls that bypass the session
 * would overlap with its events.
 */
export class Plugin implements AsyncDisposable, Measured {
  /** Where the plugin runs; what `mode: 'auto'` came to. */
  readonly mode: Mode
  /** What it is called in logs and metrics: the option `name`, or its default. */
  readonly name: string
  readonly #parts: PluginParts
  readonly #pump: Pump
  readonly #supervisor: Supervisor
  readonly #acceptor: Acceptor
  readonly #read: () => PluginMetrics
  readonly #disposal: Disposal

  /** @internal Use `createPlugin`, or `withSockets` and `attach`. */
  constructor(parts: PluginParts) {
    this.mode = parts.mode
    this.name = parts.stats.identity.plugin
    this.#parts = parts
    const pump = new Pump(parts)
    const supervisor = new Supervisor({ ...parts, pump })
    this.#pump = pump
    this.#supervisor = supervisor
    const { log, stats, summary, session } = parts
    // Nothing that lives on its own may keep the handle: not this, nor what it refers to.
    this.#read = () =>
      readMetrics(parts, { pending: pump.pendingCount, restarts: supervisor.restarts })
    const takeDeepest = (): number => stats.dispatches.takeDeepest()
    const lines = new Summary({ ...summary, log, read: this.#read, takeDeepest })
    this.#disposal = new Disposal({ ...parts, pump, supervisor, summary: lines })
    watch(this, this.#disposal)
    this.#acceptor = new Acceptor({ ...parts, pump, limits: session.limits })
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
   * @throws {EwsError} `EWS_NO_EXPORT`, `EWS_TIMEOUT`, `EWS_TRAPPED`, `EWS_RESTARTED`, `EWS_DISPOSED`.
   * @throws the reason of `options.signal`: usually a DOMException, `AbortError` or `TimeoutError`.
   */
  async call(
    name: string,
    input?: string | Uint8Array | number,
    hostContext?: unknown,
    options: CallOptions = {},
  ): Promise<PluginOutput | null> {
    this.#checkAlive()
    const { guest, stats } = this.#parts
    stats.calls++
    try {
      if (!guest.has(name)) throw noExport(name, guest.exportNames)
      const data = typeof input === 'number' ? String(input) : input
      const bytes = await this.#pump.call(name, data, { hostContext, signal: options.signal })
      return bytes === null ? null : new PluginOutput(bytes)
    } catch (error) {
      stats.failedCalls++
      throw error
    }
  }

  /**
   * Hands the plugin a connection that somebody opened to this host, by its export `onConnection`; for the
   * event `upgrade` of an HTTP server. The plugin's limits hold for it as for other sockets. Who may
   * connect is for you to decide before: see `Origin`, cookies, tokens.
   *
   * Resolves when the plugin has it; what comes of it is the plugin's.
   *
   * @throws {EwsError} `EWS_NO_EXPORT`, `EWS_LIMIT`, `EWS_HANDSHAKE`, `EWS_DISPOSED`: the client was answered.
   */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    options?: AcceptOptions,
  ): Promise<void>
  /**
   * The same for the event `connection` of a server of `ws`; call it within the listener. The server's own
   * limits hold as well: `maxPayload` above all.
   */
  accept(request: IncomingMessage, ws: WebSocket, options?: AcceptOptions): Promise<void>
  async accept(
    request: IncomingMessage,
    connection: Duplex | WebSocket,
    head: Buffer | AcceptOptions = {},
    options: AcceptOptions = {},
  ): Promise<void> {
    if (isStream(connection)) {
      const upgrade = { request, socket: connection, head: Buffer.isBuffer(head) ? head : noBytes }
      return this.#acceptor.upgrade(upgrade, options)
    }
    this.#acceptor.take(connection, request, Buffer.isBuffer(head) ? options : head)
  }

  /**
   * Swaps the code under live connections: builds another instance, of the same module or of another
   * one, and hands it the sockets of this one, if it exports `onRestart`; otherwise they close with
   * 1001. Waits for an entry that is running; calls that are pending then reject with `EWS_RESTARTED`.
   *
   * @param manifest as for `createPlugin`. Default: the module that runs now.
   * @throws {EwsError} `EWS_BAD_MODULE` and the like: then the plugin goes on as it was.
   *   `EWS_UNSUPPORTED` for a plugin that Extism's own `createPlugin` made.
   */
  async reload(manifest?: ManifestLike): Promise<void> {
    this.#checkAlive()
    const { guest, blueprintFor } = this.#parts
    const blueprint = manifest === undefined ? undefined : await blueprintFor?.(manifest)
    await guest.enter()
    try {
      this.#checkAlive()
      await this.#supervisor.reload(blueprint)
    } finally {
      guest.leave()
    }
  }

  async functionExists(name: string): Promise<boolean> {
    return this.#parts.guest.has(name)
  }

  async getExports(): Promise<WebAssembly.ModuleExportDescriptor[]> {
    return this.#parts.guest.instance.exports
  }

  async getImports(): Promise<WebAssembly.ModuleImportDescriptor[]> {
    return this.#parts.guest.instance.imports
  }

  /**
   * The Wasm instance, to look at: calling its exports would bypass the session.
   *
   * @throws {EwsError} `EWS_UNSUPPORTED` in `worker` mode: it is on another thread.
   */
  async getInstance(): Promise<WebAssembly.Instance> {
    const { wasm } = this.#parts.guest.instance
    if (wasm !== undefined) return wasm
    throw new EwsError(
      'EWS_UNSUPPORTED',
      'in `worker` mode the instance is on another thread: getExports() and getImports() tell what it has',
    )
  }

  /** Whether the guest is running right now. */
  isActive(): boolean {
    return this.#parts.guest.busy
  }

  /** There is nothing to reset: every entry starts with fresh Extism memory. */
  async reset(): Promise<boolean> {
    return !this.#parts.guest.busy
  }

  /** What the plugin holds now: open sockets, HTTP requests and unsettled calls. */
  get open(): { sockets: number; requests: number; calls: number } {
    return {
      sockets: this.#parts.session.socketCount,
      requests: this.#parts.http.requestCount,
      calls: this.#pump.pendingCount,
    }
  }

  /** How often the plugin was built anew: after crashes, and by `reload`. */
  get restarts(): number {
    return this.#supervisor.restarts
  }

  /**
   * What the plugin has counted since it was made: connections, messages, bytes, failures, by URL, and how
   * it is dispatched (docs/operations.md). A snapshot, made when it is asked for. Also after `close()`.
   */
  metrics(): PluginMetrics {
    return this.#read()
  }

  /**
   * Ends the plugin: pending calls reject with `EWS_DISPOSED`, requests are cut, sockets close with
   * 1001 and are cut after the close timeout. Resolves when nothing is left. Closing twice is fine.
   *
   * A plugin whose handle is garbage-collected is closed as well, and a warning is logged: keep the handle
   * for as long as the plugin is to run.
   */
  close(): Promise<void> {
    unwatch(this.#disposal)
    return this.#disposal.run()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #checkAlive(): void {
    if (this.#disposal.begun) throw disposed()
  }
}

const noBytes = Buffer.alloc(0)

function isStream(connection: Duplex | WebSocket): connection is Duplex {
  return 'pipe' in connection
}

function noExport(name: string, exports: readonly string[]): EwsError {
  const names = exports.filter((each) => each !== 'memory')
  const known = names.length === 0 ? 'it exports no function' : `it exports ${names.join(', ')}`
  return new EwsError('EWS_NO_EXPORT', `the plugin has no export "${name}": ${known}`)
}
