import {
  errorFrom,
  EwsError,
  recordEvent,
  RecordType,
  type ConnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { Limits } from '../limits.js'
import type { Policy } from '../policy/index.js'
import type { Tls } from '../tls/index.js'
import type { Events } from './events.js'
import { Socket } from './socket.js'

/** Without a limit. */
const forever = -1

export interface ConnectorParts {
  readonly policy: Policy
  readonly limits: Limits
  readonly tls: Tls
  /** Those of the session, to which new ones are added. */
  readonly sockets: Map<number, Socket>
  readonly events: Events
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
    const { policy, limits, tls, sockets, events, emit } = this.#parts
    const { url, rule } = policy.check(asked)
    // Never past a function that refuses: until connecting waits for `policy.resolve`, nothing passes.
    if (policy.asks) {
      const message = 'sockets.authorize and sockets.prepare are not asked by this version'
      throw new EwsError('EWS_UNSUPPORTED', message)
    }
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
      const request = { url, protocols, headers, lookup, name, tls: tls.optionsFor(url) }
      socket = new Socket(id, request, limits, emit)
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
