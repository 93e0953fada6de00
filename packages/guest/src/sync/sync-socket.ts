import { CloseCode, RecordType } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import type { ConnectOptions } from '../connect-options.js'
import { Connection, type CloseInfo } from '../connection.js'
import { refuse } from '../connections.js'
import { ConnectionFacts } from '../connection-facts.js'
import { messageOf, type Message } from '../message-target.js'
import { addOpen } from '../open-sockets.js'
import { Deadline, never } from './deadline.js'
import { closeByUsing } from './disposable.js'
import { enroll, fetchOf, handle, sortOut } from './early-events.js'

export interface WaitOptions {
  /** How long to wait in milliseconds; 0 for not at all, -1 without limit. Default: -1. */
  readonly timeoutMs?: number
}

/**
 * A WebSocket connection whose functions wait, for plugin code that is not asynchronous. While one waits
 * nothing else of the plugin runs: no timer, no promise job, no event of another socket.
 *
 * Made by `sync.connect()`. It needs a host that can wait inside a call, as in the modes `worker` and `jspi`;
 * in `event` mode whatever would wait throws `EWS_WOULD_BLOCK`.
 */
export class SyncSocket extends ConnectionFacts implements Iterable<Message> {
  /** Closes the connection as `close()` does: for `using`. */
  declare readonly [Symbol.dispose]: () => void
  readonly #connection: Connection

  private constructor(connection: Connection) {
    super(connection)
    this.#connection = connection
  }

  /** See `sync.connect()`. */
  static connect(this: void, url: string | URL, options: ConnectOptions = {}): SyncSocket {
    const connection = new Connection(options.name)
    const socket = new SyncSocket(connection)
    connection.onOpen = () => {
      if (connection.state === 'open') addOpen(connection, undefined)
    }
    connection.start(url, options, true)
    enroll(connection)
    tellOpened(connection)
    return socket
  }

  /** How the connection ended; undefined while the plugin has not come to its end. */
  get closed(): CloseInfo | undefined {
    return this.#connection.closeInfo
  }

  /**
   * Sends one message: a string as text, bytes as binary. It does not wait.
   *
   * @throws {EwsError} `EWS_CLOSED` when the socket is closed or closing, `EWS_LIMIT` when the
   *   host's send buffer is full: the message was not sent, and `drained()` waits until there is room.
   */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#connection.send(data)
  }

  /**
   * Waits until the host's send buffer has room again after `send` threw `EWS_LIMIT`; not at all when it
   * did not. Messages that come meanwhile are kept. Returns false when the time passed.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection ends before that.
   */
  drained({ timeoutMs = -1 }: WaitOptions = {}): boolean {
    const connection = this.#connection
    const drained = waitFor(connection, () => !connection.drain.full, new Deadline(timeoutMs))
    if (connection.state === 'closed') throw connection.closedError()
    return drained
  }

  /**
   * The next message; undefined when the time passed.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection has ended and every message was read.
   */
  receive({ timeoutMs = -1 }: WaitOptions = {}): Message | undefined {
    const deadline = timeoutMs === -1 ? never : new Deadline(timeoutMs)
    const message = nextMessage(this.#connection, deadline)
    if (message === undefined && this.#connection.state === 'closed') {
      throw this.#connection.closedError()
    }
    return message
  }

  /**
   * Messages until the connection ends. Ends quietly after a closing handshake.
   *
   * @throws {EwsError} `EWS_CLOSED` when the connection was lost without one.
   */
  *[Symbol.iterator](): Generator<Message, undefined, undefined> {
    const connection = this.#connection
    try {
      for (;;) {
        const message = nextMessage(connection, never)
        if (message === undefined) break
        yield message
      }
    } finally {
      connection.messages.done()
    }
    const lost = connection.lost()
    if (lost !== undefined) throw lost
    return undefined
  }

  /**
   * Starts the closing handshake and waits until the connection has ended, at the latest after the host's
   * close timeout. Messages that come meanwhile can still be received. Closing twice is fine.
   *
   * @param code 1000 (default) or 3000 to 4999.
   * @param reason at most 123 bytes of UTF-8. Default: empty.
   * @throws {EwsError} `EWS_BAD_REQUEST` for another code or a longer reason.
   */
  close(code: number = CloseCode.normal, reason = ''): CloseInfo {
    const connection = this.#connection
    connection.close(code, reason)
    waitFor(connection, () => connection.state === 'closed', never)
    if (connection.closeInfo === undefined) throw connection.closedError()
    return connection.closeInfo
  }
}

closeByUsing(SyncSocket.prototype)

/** The next message; undefined when the time passed, or the connection has ended. */
function nextMessage(connection: Connection, deadline: Deadline): Message | undefined {
  const { messages } = connection
  sortOut()
  for (;;) {
    if (messages.waiting) return messages.take()
    if (connection.state === 'closed') {
      messages.done()
      return undefined
    }
    const record = fetchOf(connection, deadline, true)
    if (record === undefined) {
      if (deadline.left() === 0) return undefined
    } else if (record.type === RecordType.message) {
      if (record.payload === undefined) {
        refuse(connection.id)
        continue
      }
      messages.took()
      return messageOf(record.payload)
    } else handle(connection, record)
  }
}

/** Handles what comes until something has happened. False when the time passed before. */
function waitFor(connection: Connection, happened: () => boolean, deadline: Deadline): boolean {
  sortOut()
  while (!happened()) {
    const record = fetchOf(connection, deadline, false)
    if (record !== undefined) handle(connection, record)
    else if (deadline.left() === 0) return false
  }
  return true
}

/** The host has waited for the handshake: it says what it came to, and no `open` event follows. */
function tellOpened(connection: Connection): void {
  const { url = '', protocol = '', extensions = '' } = infoOf(connection.id)
  connection.opened({ url, protocol, extensions })
}

function infoOf(socket: number): Partial<Record<'url' | 'protocol' | 'extensions', string>> {
  return JSON.parse(bridge().info(socket)) as ReturnType<typeof infoOf>
}
