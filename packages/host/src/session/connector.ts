import {
  errorFrom,
  EwsError,
  recordEvent,
  RecordType,
  type ConnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'

import { Connection, type ConnectionSettings } from '../connection/connection.js'
import { Dial, type Target } from '../connection/dial.js'
import type { HeartbeatOptions } from '../connection/heartbeat.js'
import { RateMeter } from '../connection/rate-meter.js'
import { Reconnecting } from '../connection/reconnecting.js'
import { reconnectFrom, type ReconnectOptions } from '../connection/reconnect-options.js'
import type { Transport, TransportListener } from '../connection/transport.js'
import type { Limits } from '../limits.js'
import type { SessionStats } from '../metrics/session-stats.js'
import type { Policy } from '../policy/index.js'
import type { Events } from './events.js'
import { Socket } from './socket.js'

/** Without a limit. */
const forever = -1

/** Whether the host connects again: for every socket, for none, or for those that ask for it. */
export interface ReconnectSetting {
  readonly options: ReconnectOptions
  readonly when: 'always' | 'never' | 'asked'
}

/** How a session opens its connections. */
export interface ConnectorSettings {
  readonly policy: Policy
  readonly limits: Limits
  readonly heartbeat: HeartbeatOptions | undefined
  readonly reconnect: ReconnectSetting
  readonly stats: SessionStats
}

export interface ConnectorParts extends ConnectorSettings {
  /** Those of the session, to which new ones are added. */
  readonly sockets: Map<number, Socket>
  readonly events: Events
  readonly emit: (event: SocketEvent) => void
}

/** Opens the connections of a session. */
export class Connector {
  readonly #parts: ConnectorParts
  readonly #received: RateMeter
  readonly #connects: RateMeter
  #lastId = 0

  constructor(parts: ConnectorParts) {
    this.#parts = parts
    this.#received = new RateMeter(parts.limits.bytesPerSecond, 1000)
    this.#connects = new RateMeter(parts.limits.connectsPerMinute, 60_000)
  }

  /**
   * Starts a connection; answers its socket id.
   *
   * @throws {EwsError} what is wrong with the request, or not allowed.
   */
  start(asked: ConnectRequest): number {
    try {
      return this.#start(asked)
    } catch (error) {
      if (error instanceof EwsError) this.#parts.stats.refused(asked.url, error)
      throw error
    }
  }

  #start(asked: ConnectRequest): number {
    const { policy } = this.#parts
    const checked = policy.check(asked)
    this.#checkLimits()
    const { url } = checked
    const { protocols = [], headers = {}, name = '' } = asked
    const find = (): Target => ({ url, headers, lookup: policy.lookupFor(checked.rule), tls: {} })
    const settings = this.#settingsFor(url, asked)
    const open = (_attempt: number, listener: TransportListener): Connection => {
      const dial = new Dial(url.href, protocols, this.#parts.limits, find)
      return Connection.open(dial, settings, listener)
    }
    return this.#add(url.href, name, (listener) =>
      this.#transport(asked, url, settings, open, listener),
    )
  }

  #settingsFor(url: URL, { keepAlive, autoAnswer }: ConnectRequest): ConnectionSettings {
    const { limits, heartbeat, stats } = this.#parts
    const automatic = { keepAlive, autoAnswer }
    return { limits, heartbeat, automatic, received: this.#received, counters: stats.of(url) }
  }

  #transport(
    { reconnect: asked }: ConnectRequest,
    url: URL,
    { counters }: ConnectionSettings,
    open: (attempt: number, listener: TransportListener) => Connection,
    listener: TransportListener,
  ): Transport {
    const { when, options } = this.#parts.reconnect
    const wanted = asked === undefined ? when === 'always' : asked !== false
    if (!wanted) return open(0, listener)
    if (when === 'never') {
      throw new EwsError(
        'EWS_DENIED',
        'this host does not reconnect sockets: leave `reconnect` out, or have the integrator set `sockets.reconnect`',
      )
    }
    const wishes = typeof asked === 'object' ? asked : {}
    return new Reconnecting({ options, asked: wishes, url: url.href, counters, open }, listener)
  }

  #checkLimits(): void {
    const { limits, sockets } = this.#parts
    if (sockets.size >= limits.sockets) {
      throw new EwsError(
        'EWS_LIMIT',
        `the plugin has ${sockets.size} sockets, sockets.sockets allows ${limits.sockets}`,
      )
    }
    if (this.#connects.exceeds(1)) {
      throw new EwsError(
        'EWS_LIMIT',
        `the plugin has opened ${limits.connectsPerMinute} sockets within a minute, sockets.connectsPerMinute allows no more: try again later`,
      )
    }
  }

  #add(url: string, name: string, open: (listener: TransportListener) => Transport): number {
    const { sockets, events, emit, stats } = this.#parts
    const id = ++this.#lastId
    const socket = new Socket({ id, url, name }, { emit, stats }, open)
    stats.connecting(socket)
    if (events.full) socket.pause('inbox', true)
    sockets.set(id, socket)
    return id
  }

  /**
   * Waits for the end of the opening handshake, which then is no event any more.
   *
   * @throws {EwsError} what it failed with, and what `Events.wait` throws.
   */
  async handshake(id: number): Promise<number> {
    const { sockets, events } = this.#parts
    // Bounded: a handshake has `connectTimeoutMs`.
    await events.wait(id, forever)
    const first = events.take(id)
    if (first?.type === RecordType.open) return id
    // Another host function that waited has fetched it: the guest knows, and the socket is still its own.
    if (first === undefined && sockets.has(id)) return id
    const error = first?.type === RecordType.error ? recordEvent(first) : undefined
    if (error !== undefined && sockets.has(id)) {
      // The close event that always follows.
      await events.wait(id, forever)
      events.take(id)
    }
    sockets.delete(id)
    if (error?.type === 'error') throw errorFrom(error.error)
    throw new EwsError('EWS_CLOSED', 'the connection was given up')
  }
}

/** @throws {TypeError} for options that are out of bounds, or contradict themselves. */
export function reconnectSetting(
  set: Partial<ReconnectOptions> | boolean | undefined,
  { sendBufferBytes }: Limits,
): ReconnectSetting {
  const options = reconnectFrom(typeof set === 'object' ? set : {})
  if (options.queueBytes > sendBufferBytes) {
    throw new TypeError(
      `sockets.reconnect.queueBytes (${options.queueBytes}) must not be more than sockets.sendBufferBytes (${sendBufferBytes}): what waits is sent at once`,
    )
  }
  if (set === undefined) return { options, when: 'asked' }
  return { options, when: set === false ? 'never' : 'always' }
}
