import type { Connection } from './connection.js'

/** What every socket class of this library tells of its connection. */
export abstract class ConnectionFacts {
  readonly #connection: Connection

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** @internal */
  static connectionOf(socket: ConnectionFacts): Connection {
    return socket.#connection
  }

  /** The name that it was given, if any. */
  get name(): string | undefined {
    return this.#connection.name
  }
  /** The URL that was connected to, after parsing; with `protocol` and `extensions` anew after a reconnect. */
  get url(): string {
    return this.#connection.url
  }
  /** The subprotocol that the server chose; empty for none. */
  get protocol(): string {
    return this.#connection.protocol
  }
  /** The extensions that the server chose; empty for none. */
  get extensions(): string {
    return this.#connection.extensions
  }

  /**
   * Whether the connection is lost and the host is about to connect again: the socket is open, and what is sent
   * waits in the host.
   */
  get reconnecting(): boolean {
    return this.#connection.isReconnecting
  }

  /**
   * Bytes that the host keeps with the socket: `undefined` for none, the default. They are still there
   * when the host has built the plugin anew, after a crash or a reload, and `onRestart` gets its sockets
   * back; what the plugin has in memory is not. Like `serializeAttachment` of Cloudflare's WebSockets.
   *
   * Both ways are copies: assign it again after a change.
   *
   * @throws {EwsError} `EWS_BAD_REQUEST` when more than 16,384 bytes are assigned.
   */
  get attachment(): Uint8Array | undefined {
    return this.#connection.attachment
  }
  set attachment(bytes: Uint8Array | undefined) {
    this.#connection.attachment = bytes
  }
}
