import type { EwsError } from '@extism-ws/protocol'

import { ConnectionStats } from './connection-stats.js'

/** URLs that are counted apart; a plugin chooses them, so their number is bounded. */
const mostUrls = 64

/** Which socket something happens to. */
export interface SocketFacts {
  readonly id: number
  readonly url: string
}

/**
 * What is counted of one session, and where its sockets tell what happens to them. Never throws.
 */
export class SessionStats {
  readonly #urls = new Map<string, ConnectionStats>()

  /** The counters of a URL, without its query. */
  of(url: URL): ConnectionStats {
    const key = `${url.protocol}//${url.host}${url.pathname}`
    const known = this.#urls.get(key)
    if (known !== undefined) return known
    const name = this.#urls.size < mostUrls ? key : 'other'
    const stats = this.#urls.get(name) ?? new ConnectionStats(name)
    this.#urls.set(name, stats)
    return stats
  }

  /** A connection was refused before an attempt: by policy, or a limit. */
  refused(_url: string, _error: EwsError): void {}

  /** An attempt begins; the first of a socket, or one to reconnect. */
  connecting(_socket: SocketFacts): void {}

  opened(_socket: SocketFacts, _reconnect: boolean): void {}

  /** Something failed; the end of the socket, if it is that, is told besides. */
  failed(_socket: SocketFacts, _error: EwsError): void {}

  /** The connection is lost, and another one is tried after a delay. */
  reconnecting(_socket: SocketFacts, _attempt: number, _delayMs: number): void {}

  /** The socket has ended. */
  closed(_socket: SocketFacts, _code: number, _wasClean: boolean): void {}
}
