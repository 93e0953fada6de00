import type { Reconnected, Reconnecting } from '@extism-ws/protocol'

import type { CloseInfo } from '../connection.js'
import type { Message } from '../message-target.js'
import type { Socket } from '../socket.js'
import type { Format, CodecOptions, SchemaOptions } from './codec.js'
import type { StandardResult } from './standard-schema.js'
import { TypedConnection, type Decoded } from './typed-connection.js'

/**
 * A socket whose messages are values: those that a codec makes of them, and a schema accepts.
 *
 * Made by `connect(url, { codec })` and by `codec.wrap(socket)`.
 */
export class TypedSocket<In, Out = In>
  extends TypedConnection<In, Out>
  implements AsyncIterable<In>, AsyncDisposable
{
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<CloseInfo>
  readonly #socket: Socket
  /** The last read that was asked for: a schema may take its time, and values come in the order of messages. */
  #last: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(socket: Socket, format: Format<In, Out>, options: CodecOptions | SchemaOptions<In>) {
    super(socket, format, options)
    this.closed = socket.closed
    this.#socket = socket
  }

  /** See `Socket`. */
  get onReconnecting(): ((info: Reconnecting) => void) | undefined {
    return this.#socket.onReconnecting
  }
  set onReconnecting(listener: ((info: Reconnecting) => void) | undefined) {
    this.#socket.onReconnecting = listener
  }

  /** See `Socket`. */
  get onReconnected(): ((info: Reconnected) => void) | undefined {
    return this.#socket.onReconnected
  }
  set onReconnected(listener: ((info: Reconnected) => void) | undefined) {
    this.#socket.onReconnected = listener
  }

  /** See `Socket`. */
  drained(): Promise<void> {
    return this.#socket.drained()
  }

  /**
   * The value of the next message that can be decoded.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read.
   */
  receive(): Promise<In> {
    return this.#inTurn(async () => {
      for (;;) {
        const decoded = await this.#decode(await this.#socket.receive())
        if (decoded !== undefined) return decoded.value
      }
    })
  }

  /**
   * Values until the connection ends. Ends quietly after a closing handshake.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection was lost without one.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<In, undefined> {
    const messages = this.#socket[Symbol.asyncIterator]()
    const next = async (): Promise<IteratorResult<In, undefined>> => {
      for (;;) {
        const result = await messages.next()
        if (result.done === true) return result
        const decoded = await this.#decode(result.value)
        if (decoded !== undefined) return { value: decoded.value, done: false }
      }
    }
    return {
      next: () => this.#inTurn(next),
      async return() {
        await messages.return?.()
        return { value: undefined, done: true }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** See `Socket`. */
  close(code?: number, reason?: string): Promise<CloseInfo> {
    return this.#socket.close(code, reason)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #inTurn<Result>(read: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(read, read)
    this.#last = result
    return result
  }

  /** Undefined for a message that was reported instead. */
  async #decode(message: Message): Promise<Decoded<In> | undefined> {
    let result: StandardResult<In>
    try {
      const value = this.format.decode(message)
      if (this.schema === undefined) return { value }
      result = await this.schema['~standard'].validate(value)
    } catch (error) {
      return this.thrown(message, error)
    }
    return this.checked(message, result)
  }
}
