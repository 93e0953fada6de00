import {
  errorFrom,
  EwsError,
  recordEvent,
  RecordType,
  type ConnectRequest,
  type ReconnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import { Connection, type ConnectionSettings } from '../connection/connection.js'
import { Dial, type DialSettings, type Target } from '../connection/dial.js'
import type { HeartbeatOptions } from '../connection/heartbeat.js'
import { RateMeter } from '../connection/rate-meter.js'
import { Reconnecting } from '../connection/reconnecting.js'
import { reconnectFrom, type ReconnectOptions } from '../connection/reconnect-options.js'
import type { Transport, TransportListener } from '../connection/transport.js'
import type { Feed } from '../hub/feed.js'
import type { SocketHub } from '../hub/socket-hub.js'
import { Subscription } from '../hub/subscription.js'
import { defaultLimits, type Limits } from '../limits.js'
import { ConnectionStats } from '../metrics/connection-stats.js'
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
  /** What plugins have together. */
  readonly hub: SocketHub
  /** Whether the plugin may be given connections that were open before. */
  readonly warm: boolean
  /** Whether the plugin may listen to connections of others. */
  readonly shared: boolean
}

/** How a socket connects again. */
interface WantedReconnect {
  readonly options: ReconnectOptions
  readonly asked: ReconnectRequest
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
    const { policy, limits, hub } = this.#parts
    const { url, rule } = policy.check(asked)
    this.#check(asked)
    const { protocols = [], headers = {}, name = '', warm, shared } = asked
    const key = JSON.stringify([url.href, entriesOf(headers), rule.literalAddress])
    const target: Target = { url, headers, lookup: policy.lookupFor(rule), tls: {}, key }
    const settings = this.#settingsFor(url, asked)
    const reconnect = this.#reconnectFor(asked)
    const dial: DialSettings = {
      url: url.href,
      protocols,
      limits,
      find: () => target,
      warm: warm === true ? hub.warm : undefined,
    }
    const open = (listener: TransportListener): Transport =>
      opened(dial, settings, reconnect, listener)
    if (shared !== true) return this.#add(url.href, name, open)
    const { received, counters } = settings
    const find = (): Feed => {
      const { replay = [] } = reconnect?.asked ?? {}
      const alike = JSON.stringify([
        key,
        protocols,
        asked.reconnect,
        asked.keepAlive,
        asked.autoAnswer,
      ])
      return hub.shared.feed(alike, replay, (listener) =>
        opened(dial, feedSettings(settings), reconnect, listener),
      )
    }
    const part = { url: url.href, limits, received, counters, find }
    return this.#add(url.href, name, (listener) => new Subscription(part, listener))
  }

  /**
   * Takes a connection that somebody opened to this host; answers its socket id.
   *
   * @throws {EwsError} `EWS_LIMIT`.
   */
  accept(ws: WebSocket, tcp: Duplex | undefined, url: URL, name: string): number {
    this.checkRoom()
    const settings = this.#settingsFor(url, {})
    return this.#add(url.href, name, (listener) =>
      Connection.accept(ws, url.href, tcp, settings, listener),
    )
  }

  #settingsFor(
    url: URL,
    { keepAlive, autoAnswer }: Pick<ConnectRequest, 'keepAlive' | 'autoAnswer'>,
  ): ConnectionSettings {
    const { limits, heartbeat, stats } = this.#parts
    const automatic = { keepAlive, autoAnswer }
    return { limits, heartbeat, automatic, received: this.#received, counters: stats.of(url) }
  }

  /** Undefined when the socket ends with its connection. */
  #reconnectFor({ reconnect: asked }: ConnectRequest): WantedReconnect | undefined {
    const { when, options } = this.#parts.reconnect
    const wanted = asked === undefined ? when === 'always' : asked !== false
    if (!wanted) return undefined
    return { options, asked: typeof asked === 'object' ? asked : {} }
  }

  /** Whether host and plugin both want it. */
  #check({ reconnect = false, warm, shared }: ConnectRequest): void {
    const parts = this.#parts
    if (reconnect !== false && parts.reconnect.when === 'never') {
      throw notHere('reconnect', 'does not reconnect sockets')
    }
    if (warm === true && !parts.warm) throw notHere('warm', 'hands out no warm connections')
    if (shared === true && !parts.shared) throw notHere('shared', 'shares no connections')
    this.checkRoom()
    if (!this.#connects.exceeds(1)) return
    throw new EwsError(
      'EWS_LIMIT',
      `the plugin has opened ${parts.limits.connectsPerMinute} sockets within a minute, ` +
        'sockets.connectsPerMinute allows no more: try again later',
    )
  }

  /** @throws {EwsError} `EWS_LIMIT` when there are as many sockets as there may be. */
  checkRoom(): void {
    const { limits, sockets } = this.#parts
    if (sockets.size < limits.sockets) return
    throw new EwsError(
      'EWS_LIMIT',
      `the plugin has ${sockets.size} sockets, sockets.sockets allows ${limits.sockets}`,
    )
  }

  #add(url: string, name: string, open: (listener: TransportListener) => Transport): number {
    const { sockets, events, emit, stats, hub } = this.#parts
    const id = ++this.#lastId
    hub.acquire()
    let socket: Socket
    try {
      socket = new Socket({ id, url, name }, { emit, stats, release: () => hub.release() }, open)
    } catch (error) {
      hub.release()
      throw error
    }
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

/** One connection, or one after the other. */
function opened(
  dial: DialSettings,
  settings: ConnectionSettings,
  reconnect: WantedReconnect | undefined,
  listener: TransportListener,
): Transport {
  const open = (to: TransportListener): Connection => Connection.open(new Dial(dial), settings, to)
  if (reconnect === undefined) return open(listener)
  const { url } = dial
  const { counters } = settings
  return new Reconnecting({ ...reconnect, url, counters, open: (_, to) => open(to) }, listener)
}

/** A shared connection is nobody's: what comes is counted, and bounded, for each who listens. */
function feedSettings(settings: ConnectionSettings): ConnectionSettings {
  const { bytesPerSecond } = defaultLimits
  return {
    ...settings,
    received: new RateMeter(bytesPerSecond, 1000),
    counters: new ConnectionStats('shared'),
  }
}

function entriesOf(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function notHere(option: string, what: string): EwsError {
  return new EwsError(
    'EWS_DENIED',
    `this host ${what} for this plugin: leave \`${option}\` out, or have the integrator set \`sockets.${option}\``,
  )
}
