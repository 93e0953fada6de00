import { errorNumbers } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { checkOpen } from '../connections.js'
import { Drain } from '../drain.js'
import type { Message } from '../message-target.js'
import { payloadOf, sendPayload } from '../websocket/message-data.js'

/** Above this many unread bytes (UTF-16 units of text) the host is asked to stop reading. */
const highWaterBytes = 65_536

/** What the streams want of their connection. */
interface Connection {
  /** Starts the closing handshake, for the reason of a cancelled or aborted stream. */
  close(reason?: unknown): void
  readonly closed: Promise<unknown>
}

/** The two streams of an open connection. */
export class MessageStreams {
  readonly readable: ReadableStream<string | Uint8Array>
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>
  readonly #id: number
  readonly #drain = new Drain()
  #source: ReadableStreamDefaultController<string | Uint8Array> | undefined
  #sink: WritableStreamDefaultController | undefined
  #paused = false
  #closing = false
  #ended: unknown

  constructor(id: number, connection: Connection) {
    this.#id = id
    this.readable = new ReadableStream<string | Uint8Array>(
      {
        start: (controller) => {
          this.#source = controller
        },
        pull: () => this.resume(),
        cancel: (reason) => {
          this.#source = undefined
          connection.close(reason)
        },
      },
      // An empty message takes room too.
      { highWaterMark: highWaterBytes, size: (message) => (message?.length ?? 0) + 1 },
    )
    this.writable = new WritableStream({
      start: (controller) => {
        this.#sink = controller
      },
      write: (chunk) => this.#write(chunk),
      close: async () => {
        // From here on the end of the connection is not an error.
        this.#sink = undefined
        connection.close()
        await connection.closed
      },
      abort: (reason) => {
        this.#sink = undefined
        connection.close(reason)
      },
    })
  }

  receive(message: Message): void {
    const source = this.#source
    if (source === undefined) return
    source.enqueue(message)
    const full = (source.desiredSize ?? 1) <= 0
    if (full && !this.#paused && !this.#closing) this.#pause(true)
  }

  /** The closing handshake begins: the server's close frame comes behind all its messages. */
  closing(): void {
    this.#closing = true
    this.resume()
  }

  /** The host goes on reading. */
  resume(): void {
    if (this.#paused) this.#pause(false)
  }

  drained(): void {
    this.#drain.done()
  }

  /** The connection has ended: a reader gets what came before a clean end, a writer an error. */
  end(error: unknown, clean: boolean): void {
    this.#ended = error
    this.#drain.done()
    if (clean) this.#source?.close()
    else this.#source?.error(error)
    this.#sink?.error(error)
    this.#source = undefined
    this.#sink = undefined
  }

  #pause(paused: boolean): void {
    // The connection may have ended meanwhile; then there is nothing left to pause.
    if (bridge().pause(this.#id, paused) === 0) this.#paused = paused
  }

  async #write(chunk: unknown): Promise<void> {
    const payload = payloadOf(chunk)
    while (this.#ended === undefined) {
      const result = sendPayload(this.#id, payload)
      if (result !== errorNumbers.EWS_LIMIT) {
        // When the connection has ended, its close event follows, and fails the stream.
        checkOpen(result)
        return
      }
      this.#drain.begin()
      await this.#drain.wait()
    }
    throw this.#ended
  }
}
