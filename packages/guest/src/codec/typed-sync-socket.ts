import { EwsError } from '@extism-ws/protocol'

import type { CloseInfo } from '../connection.js'
import type { Message } from '../message-target.js'
import { Deadline } from '../sync/deadline.js'
import { closeByUsing } from '../sync/disposable.js'
import type { SyncSocket, WaitOptions } from '../sync/sync-socket.js'
import type { CodecOptions, Format, SchemaOptions } from './codec.js'
import type { StandardResult } from './standard-schema.js'
import { TypedConnection, type Decoded } from './typed-connection.js'

/**
 * A socket whose functions wait, and whose messages are values: those that a codec makes of them, and a schema
 * accepts.
 *
 * Made by `sync.connect(url, { codec })` and by `codec.wrap(socket)`.
 */
export class TypedSyncSocket<In, Out = In>
  extends TypedConnection<In, Out>
  implements Iterable<In>
{
  /** Closes the connection as `close()` does: for `using`. */
  declare readonly [Symbol.dispose]: () => void
  readonly #socket: SyncSocket

  /** @internal */
  constructor(
    socket: SyncSocket,
    format: Format<In, Out>,
    options: CodecOptions | SchemaOptions<In>,
  ) {
    super(socket, format, options)
    this.#socket = socket
  }

  /** See `SyncSocket`. */
  get closed(): CloseInfo | undefined {
    return this.#socket.closed
  }

  /** See `SyncSocket`. */
  drained(options?: WaitOptions): boolean {
    return this.#socket.drained(options)
  }

  /**
   * The value of the next message that can be decoded; undefined when the time passed.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read, `EWS_BAD_REQUEST`
   *   when the schema is asynchronous.
   */
  receive({ timeoutMs = -1 }: WaitOptions = {}): In | undefined {
    const deadline = new Deadline(timeoutMs)
    for (let left = timeoutMs; ; left = deadline.left()) {
      const message = this.#socket.receive({ timeoutMs: left })
      if (message === undefined) return undefined
      const decoded = this.#decode(message)
      if (decoded !== undefined) return decoded.value
      // A server that sends nothing else would hold its reader beyond the time.
      if (timeoutMs > 0 && deadline.left() === 0) return undefined
    }
  }

  /**
   * Values until the connection ends. Ends quietly after a closing handshake.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection was lost without one, `EWS_BAD_REQUEST` when the schema is
   *   asynchronous.
   */
  *[Symbol.iterator](): Generator<In, undefined, undefined> {
    for (const message of this.#socket) {
      const decoded = this.#decode(message)
      if (decoded !== undefined) yield decoded.value
    }
    return undefined
  }

  /** See `SyncSocket`. */
  close(code?: number, reason?: string): CloseInfo {
    return this.#socket.close(code, reason)
  }

  /**
   * Undefined for a message that was reported instead.
   *
   * @throws {EwsError} `EWS_BAD_REQUEST` when the schema wants to be waited for.
   */
  #decode(message: Message): Decoded<In> | undefined {
    let result: StandardResult<In> | Promise<StandardResult<In>>
    try {
      const value = this.format.decode(message)
      if (this.schema === undefined) return { value }
      result = this.schema['~standard'].validate(value)
    } catch (error) {
      return this.thrown(message, error)
    }
    if (!(result instanceof Promise)) return this.checked(message, result)
    // Nobody is told what comes of it.
    result.catch(() => {})
    throw new EwsError(
      'EWS_BAD_REQUEST',
      `${this.format.name}: the schema is asynchronous, and a socket of \`sync\` cannot wait for it: use connect()`,
    )
  }
}

closeByUsing(TypedSyncSocket.prototype)

/**
 * What `codec.wrap` makes of a socket of `sync`.
 *
 * @internal
 */
export function wrapSync<In, Out>(
  socket: SyncSocket,
  format: Format<In, Out>,
  options: CodecOptions | SchemaOptions<In>,
): TypedSyncSocket<In, Out> {
  return new TypedSyncSocket(socket, format, options)
}
