import { Progress } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { findEngine } from './engine.js'
import type { Cursor } from './message-cursor.js'
import type { MessageSource } from './message-iterator.js'
import type { Message } from './message-target.js'

/** Above this much unread data the host is asked to stop; below half of it, to go on. */
const highWaterMessages = 256
const highWaterBytes = 1 << 20

/** Messages that came together. */
interface Batch {
  readonly messages: (Message | undefined)[]
  readonly bytes: number
}

const none: Batch = { messages: [], bytes: 0 }

/** Who waits: for a message, or for as many as there are. */
type Waiter =
  | { readonly all: false; readonly reader: (message: Message | undefined) => void }
  | { readonly all: true; readonly reader: (messages: Message[] | undefined) => void }

/** The unread messages of one socket, with backpressure, and the readers that wait for the next one. */
export class MessageQueue implements MessageSource<Message> {
  /** The socket's id, from when it has one. */
  socket = 0
  /** The same messages, as many at once as there are. */
  readonly batches: MessageSource<Message[]> = {
    take: () => this.takeBatch(),
    done: () => this.done(),
    failure: () => this.#failure(),
    wait: (reader) => this.#wait({ all: true, reader }),
  }
  readonly #failure: () => Error | undefined
  /** Whether the host hears what was taken. */
  readonly #tracked = findEngine()?.tracked !== false
  /** The oldest batch. What was read of it is undefined: it must not stay in memory. */
  readonly cursor: Cursor = [none.messages, 0, 0, 0]
  readonly #others: Batch[] = []
  /** Messages of the others. */
  #behind = 0
  /** Of batches that were not read to their end. */
  #bytes = 0
  #paused = false
  /** Whether the host may be asked to stop. */
  #holding = true
  #ended = false
  /** Whether the host has heard of messages that were taken, and not that they are done. */
  #taken = false
  /** Whether the close event is kept behind messages that are not done. */
  #endKept = false
  /** While somebody waits there is nothing to take. */
  readonly #waiters: Waiter[] = []

  /** @param failure why the connection ended, when that is an error for a reader. */
  constructor(failure: () => Error | undefined) {
    this.#failure = failure
  }

  /** Messages have arrived, and the host knows that they are kept. The array is the queue's from here on. */
  push(messages: Message[], bytes: number): void {
    const waiter = this.#waiters[0]
    // Mostly one reader waits for one message.
    if (waiter !== undefined && (waiter.all || messages.length === 1)) {
      this.#waiters.shift()
      if (this.#tracked) this.#tookAll(messages.length)
      if (waiter.all) waiter.reader(messages)
      else waiter.reader(messages[0])
      return
    }
    const batch = { messages, bytes }
    if (this.waiting) {
      this.#others.push(batch)
      this.#behind += messages.length
    } else this.#begin(batch)
    this.#bytes += bytes
    while (this.waiting && this.#waiters.length > 0) this.#wake()
    const full = this.#unread > highWaterMessages || this.#bytes > highWaterBytes
    if (full && !this.#paused && this.#holding) this.#pause(true)
  }

  /** Whether a message can be taken. */
  get waiting(): boolean {
    const { cursor } = this
    return cursor[1] < cursor[0].length
  }

  get #unread(): number {
    const { cursor } = this
    return cursor[0].length - cursor[1] + this.#behind
  }

  take(): Message | undefined {
    const { cursor } = this
    // By their places: taking an array apart goes through its iterator.
    const messages = cursor[0]
    const read = cursor[1]
    if (read === messages.length) {
      if (this.#taken || this.#endKept) this.#takeEnd()
      return
    }
    const message = messages[read]
    messages[read] = undefined
    cursor[1] = read + 1
    if (cursor[1] === messages.length) this.#next()
    if (this.#tracked) this.took()
    if (this.#paused) this.#goOn()
    return message
  }

  /** All of a batch that are unread, and no others: what comes together is read together. */
  takeBatch(): Message[] | undefined {
    if (!this.waiting) return this.#takeEnd()
    const messages = this.cursor[0]
    const read = this.cursor[1]
    // Those that were read are undefined, and only those.
    const unread = (read === 0 ? messages : messages.slice(read)) as Message[]
    this.#next()
    if (this.#tracked) this.#tookAll(unread.length)
    if (this.#paused) this.#goOn()
    return unread
  }

  /** A reader has the oldest message that the host counts as kept, from this queue or past it. */
  took(): void {
    this.#taken = true
    this.#tell(Progress.taken)
  }

  done(): void {
    if (!this.#taken) return
    this.#taken = false
    this.#tell(Progress.done)
  }

  wait(reader: (message: Message | undefined) => void): void {
    this.#wait({ all: false, reader })
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
    while (this.#waiters.length > 0) this.#wake()
    this.#endKept = !released && (this.#taken || this.waiting)
    if (this.#endKept) return Progress.kept
    this.done()
    return Progress.delivered
  }

  /** There is nothing to take: whoever asks for the next one has handled the last. */
  #takeEnd(): undefined {
    this.done()
    if (!this.#endKept) return
    this.#endKept = false
    this.took()
    this.done()
  }

  #next(): void {
    this.#bytes -= this.cursor[3]
    const next = this.#others.shift() ?? none
    this.#behind -= next.messages.length
    this.#begin(next)
  }

  #begin({ messages, bytes }: Batch): void {
    const { cursor } = this
    cursor[0] = messages
    cursor[1] = 0
    // With the last one there is more to do, and with each when the host hears of it, or waits to go on.
    cursor[2] = this.#tracked || this.#paused ? 0 : Math.max(0, messages.length - 1)
    cursor[3] = bytes
  }

  #wait(waiter: Waiter): void {
    this.#waiters.push(waiter)
    if (this.#ended) this.#wake()
  }

  /** The first who waits gets what there is, which may be the end. */
  #wake(): void {
    const waiter = this.#waiters.shift()
    if (waiter === undefined) return
    if (waiter.all) waiter.reader(this.takeBatch())
    else waiter.reader(this.take())
  }

  /** A reader has these messages, which are handled together. */
  #tookAll(messages: number): void {
    this.took()
    for (let others = messages - 1; others > 0; others--) this.#tell(Progress.takenToo)
  }

  #tell(step: number): void {
    // What the host says is nothing to a reader; the socket may have ended.
    bridge().progress(this.socket, step)
  }

  #goOn(): void {
    if (this.#unread < highWaterMessages / 2 && this.#bytes < highWaterBytes / 2) this.#pause(false)
  }

  #pause(paused: boolean): void {
    // The connection may have ended meanwhile; then there is nothing left to pause.
    if (bridge().pause(this.socket, paused) !== 0) return
    this.#paused = paused
    // The next batch is free again.
    if (paused) this.cursor[2] = 0
  }
}
