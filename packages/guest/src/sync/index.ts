import type { Codec, CodecOptions, SchemaOptions } from '../codec/codec.js'
import type { TypedSyncSocket } from '../codec/typed-sync-socket.js'
import type { ConnectOptions } from '../connect-options.js'
import { poll, type Ready } from './poll.js'
import { SyncSocket, type WaitOptions } from './sync-socket.js'

/** Options of `sync.connect()` for messages that a codec makes values of. */
type WithCodec<In, Out> = ConnectOptions & { readonly codec: Codec<In, Out> }

/** WebSockets whose functions wait: see `SyncSocket` for where they can. */
export interface Sync {
  /**
   * Connects to a WebSocket server and returns when the connection is open.
   *
   * With a `codec` it is a socket of values: see docs/messages.md.
   *
   * @param url absolute `ws:` or `wss:` URL; the host decides whether this plugin may reach it.
   * @throws {EwsError} `EWS_WOULD_BLOCK` where the host cannot wait; otherwise as `connect()`:
   *   `EWS_DENIED`, `EWS_BAD_URL`, `EWS_CONNECT`, `EWS_TLS`, `EWS_HANDSHAKE`, `EWS_TIMEOUT`,
   *   `EWS_LIMIT`, `EWS_BAD_REQUEST`.
   */
  connect<In, Out, Valid>(
    url: string | URL,
    options: WithCodec<In, Out> & SchemaOptions<Valid>,
  ): TypedSyncSocket<Valid, Out>
  connect<In, Out>(
    url: string | URL,
    options: WithCodec<In, Out> & CodecOptions,
  ): TypedSyncSocket<In, Out>
  connect(url: string | URL, options?: ConnectOptions & { readonly codec?: undefined }): SyncSocket
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

/** A codec, whatever its values are. */
interface Wrapper {
  wrap(socket: SyncSocket, options?: object): unknown
}

function connect(
  url: string | URL,
  options?: ConnectOptions & { readonly codec?: Wrapper },
): unknown {
  const socket = SyncSocket.connect(url, options)
  // The codec brings the class of its socket: plugins without one do not contain it.
  return options?.codec === undefined ? socket : options.codec.wrap(socket, options)
}

export const sync: Sync = { connect: connect as Sync['connect'], poll }

export type { Ready, SyncSocket, WaitOptions }
