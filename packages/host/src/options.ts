import type { DeflateOptions } from './connection/deflate.js'
import type { HeartbeatOptions } from './connection/heartbeat.js'
import type { ReconnectOptions } from './connection/reconnect-options.js'
import type { RestartOptions } from './guest/restart-budget.js'
import type { SocketHub } from './hub/socket-hub.js'
import type { Limits } from './limits.js'
import type { ModeOption } from './mode/choose.js'
import type { HttpLimits } from './http/limits.js'
import type { Logger, LogLevel, LogOptions } from './logger.js'
import type { ExtismSdk, HostFunctions } from './bridge/sdk.js'
import type { TlsOptions } from './tls/index.js'
import type { PolicyOptions, SocketPolicyOptions } from './policy/index.js'

/** What a plugin may do with WebSockets. Without `allow` and `allowedHosts`: nothing. */
export interface SocketOptions extends Partial<SocketPolicyOptions>, Partial<Limits> {
  /** Pings that find out connections that are dead. `false` for none. Default: 30,000 and 10,000 ms. */
  readonly heartbeat?: Partial<HeartbeatOptions> | false
  /**
   * Whether the host connects again when a connection is lost, and how. An object or `true`: for every
   * socket whose plugin does not forbid it; `false`: for none. Default: for those that ask for it.
   */
  readonly reconnect?: Partial<ReconnectOptions> | boolean
  /** Whether a socket whose plugin asks for it may be one that the hub had opened before. Default: false. */
  readonly warm?: boolean
  /** Whether a socket whose plugin asks for it may listen to a connection of others. Default: false. */
  readonly shared?: boolean
  /**
   * Whether messages may be compressed where the other side can too, and how (RFC 7692). `true` is an object
   * without fields. Default: false.
   */
  readonly perMessageDeflate?: Partial<DeflateOptions> | boolean
  /** Whom they trust, and as whom they come. Default: Node's CAs, and no client certificate. */
  readonly tls?: TlsOptions
}

/** What a plugin may do with `fetch`. Without `allow` and `allowedHosts`: nothing. */
export interface HttpOptions extends Partial<PolicyOptions>, Partial<HttpLimits> {}

/** What a session needs to know about one plugin. */
export interface SessionOptions {
  /** Which servers the plugin may reach, and the bounds on its sockets. Default: none. */
  readonly sockets?: SocketOptions
  /** Which servers the plugin may send HTTP requests to, and their bounds. Default: none. */
  readonly http?: HttpOptions
  /** What the plugin has together with others. Default: one hub for all plugins that name none. */
  readonly hub?: SocketHub
  /** Longest time of one entry into the guest, in milliseconds. Default: 1,000. */
  readonly timeoutMs?: number
  /** Most linear memory that the plugin may have, in bytes. Default: 256 MiB. */
  readonly memoryBytes?: number
  /**
   * What the plugin is called in logs and metrics, 1 to 100 characters; several plugins may have one name.
   * Default: its file's name without extension, or its module's name in the manifest, or `plugin-<number>`.
   */
  readonly name?: string
  /** Where the plugin's log lines and this package's own go. Default: `console`. */
  readonly logger?: Logger
  /**
   * The least severe lines that are logged. Default: `info`; for pino, which has a level of its own, `debug`.
   */
  readonly logLevel?: LogLevel
  /** How lines are written, and how often a summary is among them. */
  readonly log?: LogOptions
  /** The plugin's source map file. Default: the plugin's path with `.map` behind it. */
  readonly sourceMap?: string
}

export interface PluginOptions extends SessionOptions {
  /** The integrator's own host functions, by namespace. */
  readonly functions?: Readonly<Record<string, HostFunctions>>
  /** Values for the plugin's `Config`; they take precedence over the manifest's. */
  readonly config?: Readonly<Record<string, string>>
  /** WASI for modules of other compilers; those of ours bring what they need. Default: true. */
  readonly useWasi?: boolean
  /** Folders that WASI shows to the plugin, guest path to host path. Default: none. */
  readonly allowedPaths?: Readonly<Record<string, string>>
  /**
   * Where the plugin runs, and so whether it can wait in the middle of a call (docs/hosting.md):
   *
   * - `event`: on this thread; nothing waits.
   * - `worker`: on a thread of its own; it can wait, and a guest that runs on can be ended.
   * - `jspi`: on this thread, suspended while it waits: Node 24.20, 25.9 or 26, and SDK 2.
   * - `auto`: `event` for plugins that never wait, else `jspi` where it is possible, else `worker`.
   *
   * Default: `event`.
   */
  readonly mode?: ModeOption
  /** Longest time of one of your asynchronous `functions`, in milliseconds. Default: 30,000. */
  readonly functionTimeoutMs?: number
  /**
   * How often a plugin whose instance was lost (a trap, no memory, a killed thread) is built anew from the
   * compiled module. Its sockets stay open if it exports `onRestart`. `false`: a crash is the end.
   * Default: 5 times within 60,000 ms.
   */
  readonly restart?: Partial<RestartOptions> | false
  /**
   * The SDK; in `worker` mode the specifier or URL by which another thread can import it. Default: the
   * `@extism/extism` that is installed.
   */
  readonly extism?: ExtismSdk | string
}

export const defaultTimeoutMs = 1000
export const defaultFunctionTimeoutMs = 30_000

/** @throws {TypeError} for a bound that is not a positive, finite number. */
export function checkBound(name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value
  throw new TypeError(`${name} must be a positive, finite number, got ${value}`)
}
