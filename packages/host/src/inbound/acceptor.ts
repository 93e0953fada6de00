import {
  acceptedRecord,
  CloseCode,
  connectionExport,
  encodeRecords,
  EwsError,
} from '@extism-ws/protocol'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'

import type { Guest } from '../guest/guest.js'
import { PluginError } from '../guest/plugin-error.js'
import type { Pump } from '../guest/pump.js'
import type { Limits } from '../limits.js'
import type { Log } from '../log.js'
import type { Session } from '../session/session.js'
import { checkName, shownHeaders, type AcceptOptions } from './accept-options.js'
import { refuse, shakeHands, type Upgrade } from './handshake.js'

export interface AcceptorParts {
  readonly guest: Pick<Guest, 'has'>
  readonly pump: Pick<Pump, 'call'>
  readonly session: Session
  readonly limits: Limits
  readonly log: Log
}

/** Hands connections that somebody opened to this host to a plugin. */
export class Acceptor {
  readonly #parts: AcceptorParts

  constructor(parts: AcceptorParts) {
    this.#parts = parts
  }

  /**
   * An upgrade of an HTTP server.
   *
   * @throws {EwsError} `EWS_NO_EXPORT`, `EWS_LIMIT`, `EWS_HANDSHAKE`; it was answered with a status of HTTP.
   */
  async upgrade(upgrade: Upgrade, options: AcceptOptions): Promise<void> {
    const { request, socket } = upgrade
    // Until the handshake is over nobody else listens, and an error without a listener ends the process.
    const ignore = (): void => {}
    socket.on('error', ignore)
    try {
      this.#check(options)
    } catch (error) {
      const unable = error instanceof EwsError && error.code === 'EWS_NO_EXPORT'
      if (unable) refuse(socket, 501, 'Not Implemented')
      else refuse(socket, 503, 'Service Unavailable')
      throw error
    }
    const { limits, session } = this.#parts
    const bounds = { limits, deflate: session.deflate }
    await shakeHands(upgrade, options.protocols, bounds, (ws) => {
      socket.off('error', ignore)
      this.#take(ws, socket, request, options)
    })
  }

  /**
   * A connection of a server of `ws`, which is open already.
   *
   * @throws {EwsError} `EWS_NO_EXPORT`, `EWS_LIMIT`, `EWS_CLOSED`; it is closed with 1013.
   */
  take(ws: WebSocket, request: IncomingMessage, options: AcceptOptions): void {
    try {
      this.#check(options)
      checkOpen(ws)
    } catch (error) {
      ws.on('error', () => {})
      ws.close(CloseCode.tryAgainLater)
      throw error
    }
    ws.binaryType = 'nodebuffer'
    this.#take(ws, request.socket, request, options)
  }

  #check({ name = '' }: AcceptOptions): void {
    const { guest, session } = this.#parts
    checkName(name)
    session.checkRoom()
    if (guest.has(connectionExport)) return
    throw new EwsError(
      'EWS_NO_EXPORT',
      `the plugin takes no connections: it does not export ${connectionExport}`,
    )
  }

  #take(ws: WebSocket, tcp: Duplex, request: IncomingMessage, options: AcceptOptions): void {
    const { session } = this.#parts
    const { name = '' } = options
    const url = urlOf(request)
    let socket: number
    try {
      socket = session.accept(ws, tcp, url, name)
    } catch (error) {
      // Others came first while the hands were shaken, or the plugin is gone.
      ws.on('error', () => {})
      ws.close(CloseCode.tryAgainLater)
      throw error
    }
    const record = acceptedRecord({
      socket,
      name,
      url: url.href,
      protocol: ws.protocol,
      extensions: ws.extensions,
      headers: shownHeaders(request.headers, options.headers),
      remoteAddress: request.socket.remoteAddress ?? '',
    })
    void this.#handle(socket, encodeRecords([record]))
  }

  async #handle(socket: number, input: Uint8Array): Promise<void> {
    const { pump, session, log } = this.#parts
    try {
      await pump.call(connectionExport, input, { begin: () => session.introduce(socket) })
    } catch (error) {
      // When the instance is lost the socket is kept for the next one, or closed with the plugin.
      if (!(error instanceof PluginError)) return
      log.error(`${connectionExport} failed: ${error.stack ?? error.message}`)
      session.endSocket(socket, CloseCode.internalError, '')
    }
  }
}

/** One that has ended already never says so again. */
function checkOpen(ws: WebSocket): void {
  if (ws.readyState === ws.OPEN) return
  throw new EwsError(
    'EWS_CLOSED',
    'the connection has ended: call accept within the listener of `connection`',
  )
}

/** What the client asked for, as far as its request tells. */
function urlOf({ url = '/', headers, socket }: IncomingMessage): URL {
  const scheme = (socket as Partial<TLSSocket>).encrypted === true ? 'wss' : 'ws'
  const origin = `${scheme}://${headers.host ?? 'localhost'}`
  const path = url.startsWith('/') ? url : '/'
  const parsed = URL.canParse(origin + path) ? new URL(origin + path) : undefined
  // A `Host` header can hold anything.
  return parsed === undefined || parsed.username !== '' || parsed.password !== ''
    ? new URL(`${scheme}://localhost/`)
    : parsed
}
