import { CloseCode, errorNumbers, EwsError, Opcode } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { bytesOf } from './bytes.js'
import { checkOpen, open, type ConnectionHandler } from './connections.js'
import { Drain } from './drain.js'
import { MessageIterator } from './message-iterator.js'
import { MessageQueue, type Message } from './message-queue.js'
import { addOpen, claimName, removeOpen } from './open-sockets.js'

/** How a connection ended. */
export interface CloseInfo {
  /** Close code (RFC 6455 §7.4); 1005 when the peer sent none, 1006 when there was no close frame. */
  readonly code: number
  readonly reason: string
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean
}

export interface ConnectOptions {
  /** Subprotocols, most wanted first. Default: none. */
  readonly protocols?: string | readonly string[]
  /** Extra headers of the opening handshake; the host's policy may refuse some. Default: none. */
  readonly headers?: Record<string, string>
  /**
   * By which later calls find the socket: `sockets.get(name)`. Only one socket at a time can have it,
   * from when it connects until it closes. Default: none.
   */
  readonly name?: string
}

/**
 * A WebSocket connection for plugin code: messages are pulled, in order, with backpressure.
 *
 * Made by `connect()`.
 */
export class Socket implements AsyncIterable<Message>, AsyncDisposable {
  /** The name that it was given, if any. */
  readonly name: string | undefined
  /** The URL that was connected to, after parsing. */
  url = ''
  /** The subprotocol that the server chose; empty for none. */
  protocol = ''
  /** The extensions that the server chose; empty for none. */
  extensions = ''
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<CloseInfo>
  #id = 0
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #closeInfo: CloseInfo | undefined
  #failure: EwsError | undefined
  #resolveClosed!: (info: CloseInfo) => void // assigned by the Promise constructor in ours
  readonly #messages = new MessageQueue(() =>
    this.#closeInfo?.wasClean === false ? this.#closedError() : undefined,
  )
  readonly #drain = new Drain()

  private constructor(name: string | undefined) {
    this.name = name
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
  }

  /** See `connect()`. */
  static connect(url: string | URL, options: ConnectOptions = {}): Promise<Socket> {
    const { protocols = [], headers, name } = options
    const socket = new Socket(name)
    // When it fails, nothing of the caller is left on the stack.
    const caller = new Error('connect').stack ?? ''
    return new Promise((resolve, reject) => {
      const handler: ConnectionHandler = {
        opened: (about) => {
          socket.url = about.url
          socket.protocol = about.protocol
          socket.extensions = about.extensions
          if (socket.#state === 'connecting') {
            socket.#state = 'open'
            addOpen(socket)
          }
          resolve(socket)
        },
        message: (data) =>
          socket.#messages.push(typeof data === 'string' ? data : new Uint8Array(data)),
        failed: (error) => {
          socket.#failure = error
        },
        drained: () => socket.#drain.done(),
        closed: (code, reason, wasClean) => {
          socket.#end({ code, reason, wasClean })
          reject(withStack(socket.#failure ?? socket.#closedError(), caller))
        },
      }
      const request = {
        url: String(url),
        protocols: typeof protocols === 'string' ? [protocols] : protocols,
        ...(headers === undefined ? {} : { headers }),
      }
      if (name !== undefined) claimName(name, socket)
      try {
        socket.#id = open(request, handler)
        socket.#messages.socket = socket.#id
      } catch (error) {
        removeOpen(socket)
        throw error
      }
    })
  }

  /**
   * Sends one message: a string as text, bytes as binary.
   *
   * @throws {EwsError} `EWS_CLOSED` when the socket is closed or closing, `EWS_LIMIT` when the
   *   host's send buffer is full: the message was not sent, and `drained()` says when to try again.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#state !== 'open') throw this.#closedError()
    const result =
      typeof data === 'string'
        ? bridge().send(this.#id, Opcode.text, data)
        : bridge().send(this.#id, Opcode.binary, bytesOf(data))
    if (result === errorNumbers.EWS_LIMIT) this.#drain.begin()
    if (!checkOpen(result)) {
      throw new EwsError('EWS_CLOSED', 'the connection has ended: no message can be sent on it')
    }
  }

  /**
   * Resolves when the host's send buffer has room again after `send` threw `EWS_LIMIT`; at once when
   * it did not.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection ends before that.
   */
  async drained(): Promise<void> {
    await this.#drain.wait()
    if (this.#state === 'closed') throw this.#closedError()
  }

  /**
   * The next message.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read.
   */
  async receive(): Promise<Message> {
    const message = this.#messages.take() ?? (await this.#messages.wait((next) => next))
    if (message === undefined) throw this.#closedError()
    return message
  }

  /**
   * Messages until the connection ends. Ends quietly after a closing handshake.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection was lost without one.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return new MessageIterator(this.#messages, (message) => message)
  }

  /** Every message parsed as JSON. `T` is a claim, not a check. */
  json<T = unknown>(): AsyncIterableIterator<T, undefined> {
    const decoder = new TextDecoder()
    return new MessageIterator(
      this.#messages,
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
    if (this.#state === 'open' || this.#state === 'connecting') {
      checkOpen(bridge().close(this.#id, code, reason))
      this.#state = 'closing'
      removeOpen(this)
      this.#messages.release()
    }
    return this.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #end(info: CloseInfo): void {
    this.#state = 'closed'
    removeOpen(this)
    this.#closeInfo = info
    this.#resolveClosed(info)
    this.#drain.done()
    this.#messages.end()
  }

  #closedError(): EwsError {
    if (this.#closeInfo === undefined) {
      return new EwsError(
        'EWS_CLOSED',
        `the socket is ${this.#state}: no message can be sent on it`,
      )
    }
    const { code, reason, wasClean } = this.#closeInfo
    const how = wasClean ? 'closed' : 'lost'
    const why = reason === '' ? '' : `, reason "${reason}"`
    return new EwsError(
      'EWS_CLOSED',
      `the connection was ${how} (code ${code}${why})`,
      this.#failure === undefined ? {} : { cause: this.#failure },
    )
  }
}

/**
 * Connects to a WebSocket server and resolves when the connection is open.
 *
 * @param url absolute `ws:` or `wss:` URL; the host decides whether this plugin may reach it.
 * @throws {EwsError} `EWS_DENIED`, `EWS_BAD_URL`, `EWS_CONNECT`, `EWS_TLS`, `EWS_HANDSHAKE`,
 *   `EWS_TIMEOUT` or `EWS_LIMIT`: see docs/errors.md. `EWS_BAD_REQUEST` when another socket has
 *   the name.
 */
export function connect(url: string | URL, options?: ConnectOptions): Promise<Socket> {
  return Socket.connect(url, options)
}

function withStack(error: EwsError, stack: string): EwsError {
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  return error
}
