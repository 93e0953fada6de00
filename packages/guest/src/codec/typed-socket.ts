import type { Reconnected, Reconnecting } from '@extism-ws/protocol'

import { ConnectionFacts } from '../connection-facts.js'
import type { CloseInfo } from '../connection.js'
import { engine } from '../engine.js'
import type { Message } from '../message-target.js'
import type { Socket } from '../socket.js'
import type { Format, CodecOptions, SchemaOptions } from './codec.js'
import type { StandardSchema } from './standard-schema.js'
import { excerpt, refusedBy, thrownBy, type Undecodable } from './undecodable.js'

/** In an object, since a value may be undefined. */
interface Decoded<In> {
  readonly value: In
}

/**
 * A socket whose messages are values: those that a codec makes of them, and a schema accepts.
 *
 * Made by `connect(url, { codec })` and by `codec.wrap(socket)`.
 */
export class TypedSocket<In, Out = In>
  extends ConnectionFacts
  implements AsyncIterable<In>, AsyncDisposable
{
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<CloseInfo>
  /** See `CodecOptions`; may be changed at any time. */
  onUndecodable: ((failure: Undecodable) => void) | undefined
  readonly #socket: Socket
  readonly #format: Format<In, Out>
  readonly #schema: StandardSchema<In> | undefined
  #undecodable = 0
  /** The last read that was asked for: a schema may take its time, and values come in the order of messages. */
  #last: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(
    socket: Socket,
    format: Format<In, Out>,
    { onUndecodable, schema }: CodecOptions | SchemaOptions<In>,
  ) {
    super(ConnectionFacts.connectionOf(socket))
    this.closed = socket.closed
    this.onUndecodable = onUndecodable
    this.#socket = socket
    this.#format = format
    this.#schema = schema
  }

  /** How many of the messages that were read could not be decoded, or were refused by the schema. */
  get undecodable(): number {
    return this.#undecodable
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

  /**
   * Encodes a value and sends it as one message. Throws what the codec throws for a value that it cannot encode.
   *
   * @throws {EwsError} `EWS_CLOSED`, `EWS_LIMIT`: see `Socket`.
   */
  send(value: Out): void {
    this.#socket.send(this.#format.encode(value))
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
    let failure: Undecodable
    try {
      const value = this.#format.decode(message)
      if (this.#schema === undefined) return { value }
      const result = await this.#schema['~standard'].validate(value)
      if (result.issues === undefined) return result
      failure = refusedBy(this.#format.name, message, result.issues)
    } catch (error) {
      failure = thrownBy(this.#format.name, message, error)
    }
    this.#report(failure)
    return undefined
  }

  #report(failure: Undecodable): void {
    const first = this.#undecodable++ === 0
    if (this.onUndecodable !== undefined) this.onUndecodable(failure)
    else if (first) warn(this.url, failure)
  }
}

function warn(url: string, { error, message }: Undecodable): void {
  // A schema may quote all of a large message.
  const why = error.message.slice(0, 200)
  engine().loop.warn(
    `${url}: a message is left out (${why}), as are others like it, without another warning; ` +
      `set \`onUndecodable\` to see them. It has ${excerpt(message)}`,
  )
}
