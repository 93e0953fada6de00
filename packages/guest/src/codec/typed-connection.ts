import { ConnectionFacts } from '../connection-facts.js'
import { engine } from '../engine.js'
import type { Message } from '../message-target.js'
import type { CodecOptions, Format, SchemaOptions } from './codec.js'
import type { StandardResult, StandardSchema } from './standard-schema.js'
import { excerpt, refusedBy, thrownBy, type Undecodable } from './undecodable.js'

/** In an object, since a value may be undefined. */
export interface Decoded<In> {
  readonly value: In
}

/** What the sockets whose messages are values have in common, whichever way they wait. */
export abstract class TypedConnection<In, Out> extends ConnectionFacts {
  /** See `CodecOptions`; may be changed at any time. */
  onUndecodable: ((failure: Undecodable) => void) | undefined
  /** @internal */
  readonly format: Format<In, Out>
  /** @internal */
  readonly schema: StandardSchema<In> | undefined
  #undecodable = 0

  /** @internal */
  constructor(
    socket: ConnectionFacts,
    format: Format<In, Out>,
    { onUndecodable, schema }: CodecOptions | SchemaOptions<In>,
  ) {
    super(ConnectionFacts.connectionOf(socket))
    this.onUndecodable = onUndecodable
    this.format = format
    this.schema = schema
  }

  /** How many of the messages that were read could not be decoded, or were refused by the schema. */
  get undecodable(): number {
    return this.#undecodable
  }

  /**
   * Encodes a value and sends it as one message. Throws what the codec throws for a value that it cannot encode.
   *
   * @throws {EwsError} `EWS_CLOSED`, `EWS_LIMIT`: see `Socket`.
   */
  send(value: Out): void {
    ConnectionFacts.connectionOf(this).send(this.format.encode(value))
  }

  /**
   * What a schema says of a message; undefined for one that is reported instead.
   *
   * @internal
   */
  checked(message: Message, result: StandardResult<In>): Decoded<In> | undefined {
    if (result.issues === undefined) return result
    return this.#report(refusedBy(this.format.name, message, result.issues))
  }

  /**
   * Reports a message of which the codec or the schema made an exception.
   *
   * @internal
   */
  thrown(message: Message, error: unknown): undefined {
    return this.#report(thrownBy(this.format.name, message, error))
  }

  #report(failure: Undecodable): undefined {
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
