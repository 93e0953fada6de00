import { wrapSync } from '#sync-values'

import type { Message } from '../message-target.js'
import type { Socket } from '../socket.js'
import type { SyncSocket } from '../sync/sync-socket.js'
import type { StandardSchema } from './standard-schema.js'
import { TypedSocket } from './typed-socket.js'
import type { TypedSyncSocket } from './typed-sync-socket.js'
import type { Undecodable } from './undecodable.js'

/** How values become messages, and messages values. */
export interface Format<In, Out = In> {
  /** For errors and logs. */
  readonly name: string
  /** What it throws, `send()` throws. */
  encode(value: Out): string | Uint8Array
  /** Throws for whatever is not such a message; anything may come. */
  decode(message: Message): In
}

/** A format that can make a socket of messages one of values. */
export interface Codec<In, Out = In> extends Format<In, Out> {
  /**
   * Sends and receives values over a socket that there is already: after a restart, from `sockets`, one that was
   * opened to the host, or one of `sync`. The socket must not be read besides.
   */
  wrap<Valid>(socket: Socket, options: SchemaOptions<Valid>): TypedSocket<Valid, Out>
  wrap(socket: Socket, options?: CodecOptions): TypedSocket<In, Out>
  wrap<Valid>(socket: SyncSocket, options: SchemaOptions<Valid>): TypedSyncSocket<Valid, Out>
  wrap(socket: SyncSocket, options?: CodecOptions): TypedSyncSocket<In, Out>
}

export interface CodecOptions {
  /**
   * Called with each message that cannot be decoded or that the schema refuses, when it is its turn to be
   * read; reading goes on with the next one. What it throws, the reader gets. Default: a warning for the
   * first one of the socket.
   */
  readonly onUndecodable?: ((failure: Undecodable) => void) | undefined
  readonly schema?: undefined
}

export interface SchemaOptions<Valid> extends Omit<CodecOptions, 'schema'> {
  /**
   * What a decoded message must be: a schema of zod, valibot, arktype or any other library that implements
   * Standard Schema. The reader gets what it makes of the message. What is sent is not checked. Default: none.
   */
  readonly schema: StandardSchema<Valid>
}

/** A codec of one's own. */
export function codec<In, Out = In>(format: Format<In, Out>): Codec<In, Out> {
  const { name } = format
  function wrap<Valid>(
    socket: Socket | SyncSocket,
    options: CodecOptions | SchemaOptions<Valid> = {},
  ): unknown {
    return Symbol.asyncIterator in socket
      ? new TypedSocket<In | Valid, Out>(socket, format, options)
      : wrapSync(socket, format, options)
  }
  return {
    name,
    encode: (value) => format.encode(value),
    decode: (message) => format.decode(message),
    wrap: wrap as Codec<In, Out>['wrap'],
  }
}
