import {
  errorFrom,
  EwsError,
  recordEvent,
  RecordType,
  type ConnectRequest,
} from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import { Connection } from '../connection/connection.js'
import { Dial, type DialSettings, type Target } from '../connection/dial.js'
import type { DeflateOptions } from '../connection/deflate.js'
import type { HeartbeatOptions } from '../connection/heartbeat.js'
import { RateMeter } from '../connection/rate-meter.js'
import { Reconnecting } from '../connection/reconnecting.js'
import type { ConnectionSettings } from '../connection/settings.js'
import type { Transport, TransportListener } from '../connection/transport.js'
import type { Feed } from '../hub/feed.js'
import type { SocketHub } from '../hub/socket-hub.js'
import { Subscription } from '../hub/subscription.js'
import { defaultLimits, type Limits } from '../limits.js'
import { ConnectionStats } from '../metrics/connection-stats.js'
import type { SessionStats } from '../metrics/session-stats.js'
import type { Policy } from '../policy/index.js'
import type { Tls } from '../tls/index.js'
import type { EventRecord } from './event-record.js'
import type { Events } from './events.js'
import { reconnectFor, type ReconnectSetting, type WantedReconnect } from './reconnect-setting.js'
import { Socket, type SocketIdentity } from './socket.js'
import { Targets } from './targets.js'

/** Without a limit. */
const forever = -1

/** How a session opens its connections. */
export interface ConnectorSettings {
  readonly policy: Policy
  readonly limits: Limits
  readonly deflate: DeflateOptions | undefined
  readonly heartbeat: HeartbeatOptions | undefined
  readonly reconnect: ReconnectSetting
  readonly stats: SessionStats
  readonly tls: Tls
  /** What plugins have together. */
  readonly hub: SocketHub
  /** Whether the plugin may be given connections that were open before. */
  readonly warm: boolean
  /** Whether the plugin may listen to connections of others. */
  readonly shared: boolean
}

export interface ConnectorParts extends ConnectorSettings {
  /** Those of the session, to which new ones are added. */
  readonly sockets: Map<number, Socket>
  readonly events: Events
  readonly emit: (event: EventRecord) => void
}

/** Opens the connections of a session. */
export class Connector {
  readonly #parts: ConnectorParts
  readonly #received: RateMeter
  readonly #connects: RateMeter
  readonly #targets: Targets
  #lastId = 0

  constructor(parts: ConnectorParts) {
    this.#parts = parts
    this.#received = new RateMeter(parts.limits.bytesPerSecond, 1000)
    this.#connects = new RateMeter(parts.limits.connectsPerMinute, 60_000)
    this.#targets = new Targets(parts.policy, parts.tls)
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
    const { policy, limits, deflate, hub } = this.#parts
    const checked = policy.check(asked)
    this.#check(asked)
    const { href } = checked.url
    const { protocols = [], name = '', warm, shared } = asked
    const settings = this.#settingsFor(checked.url, asked)
    const reconnect = reconnectFor(asked, this.#parts.reconnect)
    const dial: DialSettings = {
      url: href,
      protocols,
      limits,
      deflate,
      find: (attempt, signal) => this.#targets.find(asked, checked, attempt, signal),
      warm: warm === true ? hub.warm : undefined,
    }
    const about = { url: href, name, counters: settings.counters }
    if (shared !== true) {
      return this.#add(about, (listener) => opened(dial, settings, reconnect, listener))
    }
    const find = (signal: AbortSignal): Feed | Promise<Feed> => {
      const late = AbortSignal.timeout(limits.connectTimeoutMs)
      const target = this.#targets.find(asked, checked, 0, AbortSignal.any([signal, late]))
      const join = (first: Target): Feed => this.#feed(asked, first, dial, settings, reconnect)
      return target instanceof Promise ? target.then(join) : join(target)
    }
    const part = { url: href, intake: settings, find }
    return this.#add(about, (listener) => new Subscription(part, listener))
  }

  /** The connection that is alike, or a new one: whoever was first answers for it. */
  #feed(
    { protocols, keepAlive, autoAnswer }: ConnectRequest,
    first: Target,
    dial: DialSettings,
    settings: ConnectionSettings,
    reconnect: WantedReconnect | undefined,
  ): Feed {
    const own = feedSettings(settings)
    const { deflate, heartbeat } = own
    const bounds = feedBounds.map((name) => own.limits[name])
    const asked = [protocols, keepAlive, autoAnswer, reconnect]
    const alike = JSON.stringify([first.key(), bounds, deflate, heartbeat, asked])
    const { replay = [] } = reconnect?.asked ?? {}
    // What was found for the first attempt need not be asked for once more.
    const find: DialSettings['find'] = (attempt, signal) =>
      attempt === 0 ? first : dial.find(attempt, signal)
    return this.#parts.hub.shared.feed(alike, replay, (listener) =>
      opened({ ...dial, limits: own.limits, find }, own, reconnect, listener),
    )
  }

  /**
   * Takes a connection that somebody opened to this host; answers its socket id.
   *
   * @throws {EwsError} `EWS_LIMIT`.
   */
  accept(ws: WebSocket, tcp: Duplex | undefined, url: URL, name: string): number {
    this.checkRoom()
    const settings = this.#settingsFor(url, {})
    const { counters } = settings
    return this.#add({ url: url.href, name, counters }, (listener) =>
      Connection.accept(ws, url.href, tcp, settings, listener),
    )
  }

  #settingsFor(
    url: URL,
    { keepAlive, autoAnswer }: Pick<ConnectRequest, 'keepAlive' | 'autoAnswer'>,
  ): ConnectionSettings {
    const { limits, deflate, heartbeat, stats } = this.#parts
    const automatic = { keepAlive, autoAnswer }
    const received = this.#received
    return { limits, deflate, heartbeat, automatic, received, counters: stats.of(url) }
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

  #add(
    about: Omit<SocketIdentity, 'id'>,
    open: (listener: TransportListener) => Transport,
  ): number {
    const { sockets, events, emit, stats, hub } = this.#parts
    const id = ++this.#lastId
    hub.acquire()
    let socket: Socket
    try {
      socket = new Socket({ id, ...about }, { emit, stats, release: () => hub.release() }, open)
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

/** One connection, or one after the other. */
function opened(
  dial: DialSettings,
  settings: ConnectionSettings,
  reconnect: WantedReconnect | undefined,
  listener: TransportListener,
): Transport {
  const open = (attempt: number, to: TransportListener): Connection =>
    Connection.open(new Dial(dial, attempt), settings, to)
  if (reconnect === undefined) return open(0, listener)
  const { url } = dial
  const { counters } = settings
  return new Reconnecting({ ...reconnect, url, counters, open }, listener)
}

/** Those that hold for a shared connection as a whole: plugins of others have another one. */
const feedBounds = [
  'messageBytes',
  'fragments',
  'pingsPerSecond',
  'sendBufferBytes',
  'connectTimeoutMs',
  'closeTimeoutMs',
  'idleTimeoutMs',
  'lifetimeMs',
] as const

/**
 * A shared connection is nobody's: what comes is counted, and bounded, for each who listens. So the smallest
 * `messageBytes` of them must not end it for the others.
 */
function feedSettings(settings: ConnectionSettings): ConnectionSettings {
  const { bytesPerSecond } = defaultLimits
  const messageBytes = Math.max(settings.limits.messageBytes, defaultLimits.messageBytes)
  return {
    ...settings,
    limits: { ...settings.limits, messageBytes },
    received: new RateMeter(bytesPerSecond, 1000),
    counters: new ConnectionStats('shared'),
  }
}

function notHere(option: string, what: string): EwsError {
  return new EwsError(
    'EWS_DENIED',
    `this host ${what} for this plugin: leave \`${option}\` out, or have the integrator set \`sockets.${option}\``,
  )
}
