import {
  CloseCode,
  type EwsError,
  type Reconnected,
  type Reconnecting,
  type RestoredSocket,
} from '@extism-ws/protocol'

import type { Codec, CodecOptions, SchemaOptions } from './codec/codec.js'
import type { TypedSocket } from './codec/typed-socket.js'
import type { ConnectOptions } from './connect-options.js'
import { Connection, type CloseInfo } from './connection.js'
import { ConnectionFacts } from './connection-facts.js'
import { adopt } from './connections.js'
import { MessageIterator, type MessageSource } from './message-iterator.js'
import type { Message } from './message-target.js'
import { addOpen } from './open-sockets.js'
import { sending } from './sender.js'

/**
 * A WebSocket connection for plugin code: messages are pulled, in order, with backpressure.
 *
 * Made by `connect()`. When the host connects again after a loss, it stays open, and messages go on.
 */
export class Socket extends ConnectionFacts implements AsyncIterable<Message>, AsyncDisposable {
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<CloseInfo>
  /**
   * Called when the connection was lost and the host is about to connect again, and for each attempt that
   * failed. What it throws is reported, as by a listener of an event. Default: nothing.
   */
  onReconnecting: ((info: Reconnecting) => void) | undefined
  /**
   * Called when there is a connection again, before its first message, with how many messages were refused
   * meanwhile. What it throws is reported. Default: nothing.
   */
  onReconnected: ((info: Reconnected) => void) | undefined
  readonly #connection: Connection
  #onMessage: ((message: Message) => void) | undefined

  private constructor(connection: Connection) {
    super(connection)
    this.#connection = connection
    this.closed = new Promise((resolve) => {
      connection.onClose = resolve
    })
    connection.onOpen = () => this.#opened()
    connection.onReconnecting = (info) => this.onReconnecting?.(info)
    connection.onReconnected = (info) => this.onReconnected?.(info)
  }

  /** See `connect()`. */
  static connect(url: string | URL, options: ConnectOptions = {}): Promise<Socket> {
    const connection = new Connection(options.name)
    const socket = new Socket(connection)
    const { onClose } = connection
    // When it fails, nothing of the caller is left on the stack.
    const caller = new Error('connect').stack ?? ''
    return new Promise((resolve, reject) => {
      connection.onOpen = () => {
        socket.#opened()
        resolve(socket)
      }
      connection.onClose = (info) => {
        onClose(info)
        reject(withStack(connection.failure ?? connection.closedError(), caller))
      }
      connection.start(url, options, false)
    })
  }

  /**
   * A socket that the host has already: from before the plugin was built anew, or opened to the host;
   * undefined for one that is known.
   *
   * @internal
   */
  static restore(this: void, about: RestoredSocket): Socket | undefined {
    const connection = new Connection(about.name === '' ? undefined : about.name)
    if (!adopt(about.socket, connection)) return undefined
    connection.restore(about)
    const socket = new Socket(connection)
    socket.#opened()
    return socket
  }

  /**
   * Sends one message: a string as text, bytes as binary.
   *
   * @throws {EwsError} `EWS_CLOSED` when the socket is closed or closing, `EWS_LIMIT` when the
   *   host's send buffer is full, or nothing can be kept while it reconnects: the message was not sent, and
   *   `drained()` says when to try again.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#connection.send(data)
  }

  /**
   * Resolves when the host's send buffer has room again after `send` threw `EWS_LIMIT`; at once when
   * it did not.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection ends before that.
   */
  async drained(): Promise<void> {
    await this.#connection.drain.wait()
    if (this.#connection.state === 'closed') throw this.#connection.closedError()
  }

  /**
   * The next message.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read.
   */
  async receive(): Promise<Message> {
    const { messages } = this.#connection
    const message = messages.take() ?? (await nextOf(messages))
    if (message === undefined) throw this.#connection.closedError()
    return message
  }

  /**
   * Messages until the connection ends. Ends quietly after a closing handshake.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection was lost without one.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return new MessageIterator<Message, Message>(this.#connection.messages)
  }

  /**
   * All messages that have arrived and are unread, the oldest first, up to 256 at a time: at least one, for
   * which it waits. The cheapest way to read many.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read.
   */
  async receiveBatch(): Promise<Message[]> {
    const { batches } = this.#connection.messages
    const messages = batches.take() ?? (await nextOf(batches))
    if (messages === undefined) throw this.#connection.closedError()
    return messages
  }

  /** The same until the connection ends, as the loop over the socket itself. */
  batches(): AsyncIterableIterator<Message[], undefined> {
    return new MessageIterator<Message[], Message[]>(this.#connection.messages.batches)
  }

  /**
   * Called with each message as soon as it comes, by the engine itself: the cheapest way to read one by one.
   * As long as it is set, messages come by no other way of reading, what was unread when it is assigned comes
   * first, and nothing holds the server back. What it throws is reported, as by a listener of an event.
   * Default: nothing.
   */
  get onMessage(): ((message: Message) => void) | undefined {
    return this.#onMessage
  }
  set onMessage(listener: ((message: Message) => void) | undefined) {
    this.#onMessage = listener
    this.#connection.listener = listener
  }

  /** Every message parsed as JSON. `T` is a claim, not a check. */
  json<T = unknown>(): AsyncIterableIterator<T, undefined> {
    const decoder = new TextDecoder()
    return new MessageIterator(
      this.#connection.messages,
      (message) => JSON.parse(typeof message === 'string' ? message : decoder.decode(message)) as T,
    )
  }

  /**
   * Starts the closing handshake and resolves when the connection has ended. Closing twice is fine.
   *
   * @param code 1000 (default) or 3000 to 4999.
   * @param reason at most 123 bytes of UTF-8. Default: empty.
   * @throws {EwsError} `EWS_BAD_REQUEST` for another code or a longer reason.
   */
  async close(code: number = CloseCode.normal, reason = ''): Promise<CloseInfo> {
    this.#connection.close(code, reason)
    return this.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #opened(): void {
    if (this.#connection.state === 'open') addOpen(this.#connection, this)
  }
}

Socket.prototype.send = sending(Socket.prototype.send)

/** Options of `connect()` for messages that a codec makes values of. */
type WithCodec<In, Out> = ConnectOptions & { readonly codec: Codec<In, Out> }

/**
 * Connects to a WebSocket server and resolves when the connection is open.
 *
 * With a `codec` it is a socket of values: see docs/messages.md.
 *
 * @param url absolute `ws:` or `wss:` URL; the host decides whether this plugin may reach it.
 * @throws {EwsError} `EWS_DENIED`, `EWS_BAD_URL`, `EWS_CONNECT`, `EWS_TLS`, `EWS_HANDSHAKE`,
 *   `EWS_TIMEOUT` or `EWS_LIMIT`: see docs/errors.md. `EWS_BAD_REQUEST` when another socket has
 *   the name.
 */
export function connect<In, Out, Valid>(
  url: string | URL,
  options: WithCodec<In, Out> & SchemaOptions<Valid>,
): Promise<TypedSocket<Valid, Out>>
export function connect<In, Out>(
  url: string | URL,
  options: WithCodec<In, Out> & CodecOptions,
): Promise<TypedSocket<In, Out>>
export function connect(
  url: string | URL,
  options?: ConnectOptions & { readonly codec?: undefined },
): Promise<Socket>
export function connect(
  url: string | URL,
  options?: ConnectOptions & { readonly codec?: Wrapper | undefined },
): Promise<unknown> {
  const connected = Socket.connect(url, options)
  const codec = options?.codec
  // The codec brings the class of its socket: plugins without one do not contain it.
  return codec === undefined ? connected : connected.then((socket) => codec.wrap(socket, options))
}

/** A codec, whatever its values are. */
interface Wrapper {
  wrap(socket: Socket, options?: object): unknown
}

function nextOf<Item>(source: MessageSource<Item>): Promise<Item | undefined> {
  return new Promise((resolve) => source.wait(resolve))
}

function withStack(error: EwsError, stack: string): EwsError {
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  return error
}
