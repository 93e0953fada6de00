import { EwsError } from '@extism-ws/protocol'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'

import { negotiated, type DeflateOptions } from '../connection/deflate.js'
import type { ConnectionSettings } from '../connection/settings.js'

/** What is agreed within. */
type HandshakeBounds = Pick<ConnectionSettings, 'limits' | 'deflate'>

/** An upgrade that an HTTP server hands out. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/**
 * The server's half of the opening handshake (RFC 6455 §4.2), within the plugin's limits.
 *
 * @param protocols those that are spoken here; undefined for any.
 * @param take is called at once: the client may have sent messages already. What it throws is thrown.
 * @throws {EwsError} `EWS_HANDSHAKE` for a request that is none; it was answered with a status of HTTP.
 */
export function shakeHands(
  upgrade: Upgrade,
  protocols: readonly string[] | undefined,
  bounds: HandshakeBounds,
  take: (ws: WebSocket) => void,
): Promise<void> {
  const { request, socket } = upgrade
  return new Promise((resolve, reject) => {
    const gone = (): void =>
      reject(new EwsError('EWS_HANDSHAKE', 'the client went away during the handshake'))
    // It says so once: to whoever waited before the plugin was asked.
    if (!socket.readable || !socket.writable) {
      socket.destroy()
      return gone()
    }
    socket.once('close', gone)
    const begin = (deflate: DeflateOptions | undefined): void => {
      const server = new WebSocketServer(serverOptions(protocols, { ...bounds, deflate }))
      server.on('wsClientError', (error) => {
        // What was offered can be declined (RFC 7692 §5.1), which `ws` takes for an error.
        if (deflate !== undefined) return begin(undefined)
        refuse(socket, 400, 'Bad Request')
        const message = `the request for ${String(request.url)} is no WebSocket handshake: ${error.message}`
        reject(new EwsError('EWS_HANDSHAKE', message, { cause: error, status: 400 }))
      })
      server.handleUpgrade(request, socket, upgrade.head, (ws) => {
        try {
          take(ws)
          resolve()
        } catch (error) {
          reject(error as Error)
        }
      })
    }
    begin(bounds.deflate)
  })
}

function serverOptions(
  protocols: readonly string[] | undefined,
  { limits: { messageBytes, fragments, closeTimeoutMs }, deflate }: HandshakeBounds,
): ServerOptions {
  // Some options are not in the types of `ws` yet.
  const options: ServerOptions & Record<'closeTimeout' | 'maxFragments', number> = {
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytes,
    maxFragments: fragments,
    closeTimeout: closeTimeoutMs,
    perMessageDeflate: negotiated(deflate),
    autoPong: false,
    handleProtocols: (offered) => {
      const spoken = [...offered].find((each) => protocols?.includes(each) ?? true)
      return spoken ?? false
    },
  }
  return options
}

/** Answers an upgrade with a status of HTTP, and ends its connection. */
export function refuse(socket: Duplex, status: number, text: string): void {
  if (!socket.writable) return void socket.destroy()
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}
