import type { ConnectOptions } from '../connect-options.js'
import { poll, type Ready } from './poll.js'
import { SyncSocket, type WaitOptions } from './sync-socket.js'

/** WebSockets whose functions wait: see `SyncSocket` for where they can. */
export interface Sync {
  /**
   * Connects to a WebSocket server and returns when the connection is open.
   *
   * @param url absolute `ws:` or `wss:` URL; the host decides whether this plugin may reach it.
   * @throws {EwsError} `EWS_WOULD_BLOCK` where the host cannot wait; otherwise as `connect()`:
   *   `EWS_DENIED`, `EWS_BAD_URL`, `EWS_CONNECT`, `EWS_TLS`, `EWS_HANDSHAKE`, `EWS_TIMEOUT`,
   *   `EWS_LIMIT`, `EWS_BAD_REQUEST`.
   */
  connect(url: string | URL, options?: ConnectOptions): SyncSocket
  /**
   * Waits until at least one of these sockets has a message or has ended. Answers the next message of each
   * that has one, and the end of each that has ended and whose messages were all read; nothing when
   * the time passed, or there are no sockets.
   *
   * @throws {EwsError} `EWS_WOULD_BLOCK` where the host cannot wait, `EWS_LIMIT` when more than 16 MiB came
   *   for asynchronous sockets meanwhile.
   */
  poll(sockets: readonly SyncSocket[], options?: WaitOptions): readonly Ready[]
}

export const sync: Sync = { connect: SyncSocket.connect, poll }

export type { Ready, SyncSocket, WaitOptions }
