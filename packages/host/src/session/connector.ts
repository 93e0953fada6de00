import {
  errorFrom,
  EwsError,
  recordEvent,
  RecordType,
  type ConnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { Limits } from '../limits.js'
import type { SessionStats } from '../metrics/session-stats.js'
import { asEwsError } from '../unexpected.js'
import type { Policy } from '../policy/index.js'
import type { Events } from './events.js'
import { Socket } from './socket.js'

/** Without a limit. */
const forever = -1

export interface ConnectorParts {
  readonly policy: Policy
  readonly limits: Limits
  /** Those of the session, to which new ones are added. */
  readonly sockets: Map<number, Socket>
  readonly events: Events
  readonly stats: SessionStats
  readonly emit: (event: SocketEvent) => void
}

/** Opens the connections of a session. */
export class Connector {
  readonly #parts: ConnectorParts
  #lastId = 0

  constructor(parts: ConnectorParts) {
    this.#parts = parts
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
      this.#parts.stats.refused(asked.url, asEwsError(error))
      throw error
    }
  }

  #start(asked: ConnectRequest): number {
    const { policy, limits, sockets, events, stats, emit } = this.#parts
    const { url, rule } = policy.check(asked)
    if (sockets.size >= limits.sockets) {
      throw new EwsError(
        'EWS_LIMIT',
        `the plugin has ${sockets.size} sockets, sockets.sockets allows ${limits.sockets}`,
      )
    }
    const id = ++this.#lastId
    const { protocols = [], headers = {}, name = '' } = asked
    const lookup = policy.lookupFor(rule)
    let socket: Socket
    try {
      socket = new Socket(id, { url, protocols, headers, lookup, name }, limits, stats, emit)
    } catch (cause) {
      // `ws` checks subprotocols and headers once more, in its own words.
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new EwsError('EWS_BAD_REQUEST', `cannot connect to ${url.href}: ${why}`, { cause })
    }
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
