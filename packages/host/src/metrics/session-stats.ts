import type { ErrorCode, EwsError } from '@extism-ws/protocol'

import type { Log } from '../log.js'
import { channels, type PluginIdentity, type SocketTraffic } from './channels.js'
import type { ConnectionStats } from './connection-stats.js'
import type { CodeCounts, UrlMetrics } from './plugin-metrics.js'
import { SessionLines } from './session-lines.js'
import { shownMessage, shownUrl } from './shown-url.js'
import { UrlTable } from './url-table.js'

/** Which socket something happens to. */
export interface SocketFacts {
  readonly id: number
  readonly url: string
  /** What `of` answered for it. */
  readonly counters: ConnectionStats
}

/** Where a socket is in its life. */
type Phase = 'connecting' | 'open' | 'waiting'

/** A socket that has not ended. */
interface KnownSocket {
  readonly counters: ConnectionStats
  readonly shown: string
  phase: Phase
}

/** What a session has counted. */
export interface SessionCounts {
  readonly urls: UrlMetrics[]
  /** Connections that were not even tried, by error code. */
  readonly refusals: CodeCounts
  /** Failures of sockets, by error code. */
  readonly errors: CodeCounts
}

/**
 * What is counted of one session, and where its sockets tell what happens to them: it is counted,
 * published on channels of `node:diagnostics_channel`, and logged. Never throws.
 */
export class SessionStats {
  readonly #plugin: PluginIdentity
  readonly #lines: SessionLines
  readonly #urls = new UrlTable()
  readonly #sockets = new Map<number, KnownSocket>()
  readonly #refusals = new Map<ErrorCode, number>()
  readonly #errors = new Map<ErrorCode, number>()

  /** @param log where lines go; none without it. */
  constructor(plugin: PluginIdentity = { plugin: 'plugin', session: 0 }, log?: Log) {
    this.#plugin = plugin
    this.#lines = new SessionLines(log)
  }

  /** Counters for one more socket, which are part of the sums from when it begins to connect. */
  of(url: URL): ConnectionStats {
    return this.#urls.counters(`${url.protocol}//${url.host}${url.pathname}`)
  }

  snapshot(): SessionCounts {
    return {
      urls: this.#urls.snapshot(),
      refusals: Object.fromEntries(this.#refusals),
      errors: Object.fromEntries(this.#errors),
    }
  }

  /** A connection was refused before an attempt: by policy, or a limit. */
  refused(url: string, error: EwsError): void {
    count(this.#refusals, error.code)
    const shown = shownUrl(url)
    const message = shownMessage(error.message, url)
    this.#lines.refused(shown, error.code, message)
    if (!channels.refused.hasSubscribers) return
    channels.refused.publish({ ...this.#plugin, url: shown, code: error.code, message })
  }

  /** An attempt begins; the first of a socket, or one to reconnect. */
  connecting(socket: SocketFacts): void {
    const known = this.#sockets.get(socket.id)
    const { shown } = known ?? this.#begin(socket)
    if (known !== undefined) known.phase = 'connecting'
    if (!channels.connecting.hasSubscribers) return
    const reconnect = known !== undefined
    channels.connecting.publish({ ...this.#plugin, socket: socket.id, url: shown, reconnect })
  }

  opened(socket: SocketFacts, reconnect: boolean): void {
    const known = this.#known(socket)
    known.phase = 'open'
    const { counters, shown: url } = known
    counters.open++
    counters.opened++
    if (reconnect) counters.reconnects++
    this.#lines.opened(socket.id, url, reconnect)
    if (!channels.open.hasSubscribers) return
    channels.open.publish({ ...this.#plugin, socket: socket.id, url, reconnect })
  }

  /** Something failed; the end of the socket, if it is that, is told besides. */
  failed(socket: SocketFacts, error: EwsError): void {
    const { code } = error
    count(this.#errors, code)
    const { shown: url } = this.#known(socket)
    const message = shownMessage(error.message, socket.url)
    this.#lines.failed(socket.id, url, code, message)
    if (!channels.error.hasSubscribers) return
    channels.error.publish({ ...this.#plugin, socket: socket.id, url, code, message })
  }

  /** The connection is lost, or an attempt failed, and another one is tried after a delay. */
  reconnecting(socket: SocketFacts, attempt: number, delayMs: number): void {
    const known = this.#known(socket)
    leave(known)
    const { shown: url, counters } = known
    this.#lines.reconnecting(socket.id, url, attempt, delayMs)
    if (!channels.reconnecting.hasSubscribers) return
    const about = { ...this.#plugin, ...traffic(counters), socket: socket.id, url }
    channels.reconnecting.publish({ ...about, attempt, delayMs })
  }

  /** The socket has ended. */
  closed(socket: SocketFacts, code: number, wasClean: boolean): void {
    const known = this.#known(socket)
    leave(known)
    const { shown: url, counters } = known
    this.#sockets.delete(socket.id)
    this.#urls.end(counters)
    this.#lines.closed(socket.id, url, code, wasClean)
    if (!channels.close.hasSubscribers) return
    const about = { ...this.#plugin, ...traffic(counters), socket: socket.id, url }
    channels.close.publish({ ...about, code, wasClean })
  }

  #known(socket: SocketFacts): KnownSocket {
    return this.#sockets.get(socket.id) ?? this.#begin(socket)
  }

  #begin({ id, url, counters }: SocketFacts): KnownSocket {
    this.#urls.begin(counters)
    const socket: KnownSocket = { counters, shown: shownUrl(url), phase: 'connecting' }
    this.#sockets.set(id, socket)
    return socket
  }
}

/** The connection that there was, or the attempt, is over. */
function leave(socket: KnownSocket): void {
  const { phase, counters } = socket
  socket.phase = 'waiting'
  if (phase === 'connecting') counters.failed++
  if (phase !== 'open') return
  counters.open--
  counters.closed++
}

function traffic(counters: ConnectionStats): SocketTraffic {
  const { messagesReceived, messagesSent, bytesReceived, bytesSent } = counters
  return { messagesReceived, messagesSent, bytesReceived, bytesSent }
}

function count(counts: Map<ErrorCode, number>, code: ErrorCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1)
}
