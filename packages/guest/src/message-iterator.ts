import { findEngine, resolver } from './engine.js'
import type { Cursor } from './message-cursor.js'

/** Where an iterator gets its messages: a socket's queue. */
export interface MessageSource<Message> {
  /** The next message that has arrived. */
  take(): Message | undefined
  /** The reader has handled what it took. */
  done(): void
  /** Calls `reader`, which must not throw, with the next message, or with undefined when none will come. */
  wait(reader: (message: Message | undefined) => void): void
  /** Why the source ended, when that is an error for its reader. */
  failure(): Error | undefined
  /** Where the engine may take messages by itself. */
  readonly cursor?: Cursor
}

/** Of a loop that is over. */
const nothing: Cursor = [[], 0, 0, 0]

/**
 * Messages of a socket, one by one, until it ends. Written out because an async generator costs
 * several promises per message.
 */
export class MessageIterator<Message, Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #source: MessageSource<Message>
  readonly #convert: ((message: Message) => Item) | undefined
  readonly #resolved = resolver()
  /** What the engine takes from before it calls `next` of this class. */
  readonly #holder: [Cursor]
  #finished = false

  /** @param convert makes items of messages. Default: items are messages. */
  constructor(source: MessageSource<Message>, convert?: (message: Message) => Item) {
    this.#source = source
    this.#convert = convert
    this.#holder = [source.cursor ?? nothing]
    const { stepping } = findEngine()?.native ?? {}
    // What is converted may throw.
    if (stepping === undefined || source.cursor === undefined || convert !== undefined) return
    const value = stepping(this.next, this.#holder, 'value', 'done')
    Object.defineProperty(this, 'next', { value, configurable: true, writable: true })
  }

  // Once per message: nothing here calls more than it must.
  next(): Promise<IteratorResult<Item, undefined>> {
    try {
      const message = this.#finished ? undefined : this.#source.take()
      if (message !== undefined) {
        const convert = this.#convert
        // Without a conversion there is no difference.
        const value = convert === undefined ? (message as unknown as Item) : convert(message)
        return this.#resolved({ value, done: false })
      }
      if (this.#finished) return this.#resolved(this.#end())
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      this.#source.wait((message) => {
        try {
          resolve(this.#result(message))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#finished = true
    this.#holder[0] = nothing
    this.#source.done()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #result(message: Message | undefined): IteratorResult<Item, undefined> {
    if (message === undefined || this.#finished) return this.#end()
    const value = this.#convert === undefined ? message : this.#convert(message)
    return { value: value as Item, done: false }
  }

  #end(): IteratorResult<Item, undefined> {
    const failure = this.#finished ? undefined : this.#source.failure()
    this.#finished = true
    this.#holder[0] = nothing
    if (failure !== undefined) throw failure
    return { value: undefined, done: true }
  }
}
