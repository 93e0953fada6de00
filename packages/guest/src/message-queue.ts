import { Progress } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import type { MessageSource } from './message-iterator.js'

/** One message: text as a string, binary as bytes. */
export type Message = string | Uint8Array

/** Above this much unread data the host is asked to stop; below half of it, to go on. */
const highWaterMessages = 256
const highWaterBytes = 1 << 20

/** Takes the next message, or undefined when the connection has ended. */
type Waiter = (message: Message | undefined) => void

/** The unread messages of one socket, with backpressure, and the readers that wait for the next one. */
export class MessageQueue implements MessageSource<Message> {
  /** The socket's id, from when it has one. */
  socket = 0
  readonly #failure: () => Error | undefined
  #messages: (Message | undefined)[] = []
  #read = 0
  #bytes = 0
  #paused = false
  /** Whether the host may be asked to stop. */
  #holding = true
  #ended = false
  /** Whether the host has heard of a message that was taken, and not that it is done. */
  #taken = false
  /** Whether the close event is kept behind messages that are not done. */
  #endKept = false
  #waiters: Waiter[] = []

  /** @param failure why the connection ended, when that is an error for a reader. */
  constructor(failure: () => Error | undefined) {
    this.#failure = failure
  }

  /** A message has arrived. Returns what became of it, as the host is told. */
  push(message: Message): number {
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) {
      this.#taken = true
      waiter(message)
      return Progress.handed
    }
    this.#messages.push(message)
    this.#bytes += message.length
    const waiting = this.#messages.length - this.#read
    const full = waiting > highWaterMessages || this.#bytes > highWaterBytes
    if (full && !this.#paused && this.#holding) this.#pause(true)
    return Progress.kept
  }

  /** Whether a message can be taken. */
  get waiting(): boolean {
    return this.#read < this.#messages.length
  }

  take(): Message | undefined {
    const message = this.#messages[this.#read]
    if (message === undefined) {
      // Whoever asks for the next one has handled the last.
      this.done()
      this.#takeEnd()
      return undefined
    }
    this.took()
    // Out of the array too, which is cut only now and then: large messages must not stay in memory.
    this.#messages[this.#read++] = undefined
    this.#bytes -= message.length
    // Reading moves an index; the array is cut when half of it is behind, so that each costs O(1).
    if (this.#read > 64 && this.#read * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#read)
      this.#read = 0
    }
    const waiting = this.#messages.length - this.#read
    if (this.#paused && waiting < highWaterMessages / 2 && this.#bytes < highWaterBytes / 2) {
      this.#pause(false)
    }
    return message
  }

  /** A reader has the oldest message that the host counts as kept, from this queue or past it. */
  took(): void {
    this.#taken = true
    // What the host says is nothing to a reader; the socket may have ended.
    bridge().progress(this.socket, Progress.taken)
  }

  done(): void {
    if (!this.#taken) return
    this.#taken = false
    bridge().progress(this.socket, Progress.done)
  }

  wait<Result>(map: (message: Message | undefined) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = (message) => {
        try {
          resolve(map(message))
        } catch (error) {
          reject(error)
        }
      }
      if (this.#ended) waiter(undefined)
      else this.#waiters.push(waiter)
    })
  }

  ended(): boolean {
    return this.#ended
  }

  failure(): Error | undefined {
    return this.#failure()
  }

  /** The socket is closing: the peer's close frame comes behind messages that nobody reads any more. */
  release(): void {
    this.#holding = false
    if (this.#paused) this.#pause(false)
  }

  /**
   * The connection has ended: what is unread can still be taken. Returns what became of the close event, as
   * the host is told: for a reader it comes behind the messages, unless it has closed by itself.
   */
  end(): number {
    const released = !this.#holding
    this.#holding = false
    this.#ended = true
    for (const waiter of this.#waiters.splice(0)) waiter(undefined)
    this.#endKept = !released && (this.#taken || this.waiting)
    if (this.#endKept) return Progress.kept
    this.done()
    return Progress.delivered
  }

  #takeEnd(): void {
    if (!this.#endKept) return
    this.#endKept = false
    this.took()
    this.done()
  }

  #pause(paused: boolean): void {
    // The connection may have ended meanwhile; then there is nothing left to pause.
    if (bridge().pause(this.socket, paused) === 0) this.#paused = paused
  }
}
