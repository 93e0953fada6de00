import { CloseCode, EwsError, type ListedMessage } from '@extism-ws/protocol'

import type { Transport, TransportListener } from '../connection/transport.js'
import { Feed } from './feed.js'

/** Bounds of connections that several plugins listen to. */
export interface ShareOptions {
  /** Messages that are kept for a plugin that reads more slowly than others, in bytes. Default: 4 MiB. */
  readonly bufferBytes: number
  /** The same, counted. Default: 8,192. */
  readonly bufferMessages: number
}

export const defaultShare: ShareOptions = { bufferBytes: 4 * 2 ** 20, bufferMessages: 8192 }

interface Count {
  acquire(): void
  release(): void
}

/** Connections that several plugins listen to, by all that makes them alike. */
export class Shared {
  readonly #count: Count
  readonly #options: ShareOptions
  readonly #feeds = new Map<string, Feed>()
  readonly #ending = new Set<Promise<void>>()
  #closed = false

  constructor(count: Count, options: ShareOptions) {
    this.#count = count
    this.#options = options
  }

  /** Connections that are shared now. */
  get size(): number {
    return this.#feeds.size
  }

  /**
   * The connection that is alike, or a new one.
   *
   * @throws {EwsError} what opening it comes to.
   */
  feed(
    key: string,
    greeting: readonly ListedMessage[],
    open: (listener: TransportListener) => Transport,
  ): Feed {
    const known = this.#feeds.get(key)
    if (known !== undefined) return known
    if (this.#closed) throw new EwsError('EWS_CLOSED', 'the SocketHub was closed')
    this.#count.acquire()
    let feed: Feed
    try {
      feed = new Feed(open, greeting, this.#options)
    } catch (cause) {
      this.#count.release()
      throw cause
    }
    this.#feeds.set(key, feed)
    const ended = new Promise<void>((resolve) => {
      feed.onUnused = () => {
        if (this.#feeds.get(key) === feed) this.#feeds.delete(key)
      }
      feed.onEnd = () => {
        feed.onUnused()
        this.#count.release()
        resolve()
      }
    })
    this.#ending.add(ended)
    void ended.then(() => this.#ending.delete(ended))
    return feed
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const feed of this.#feeds.values()) feed.close(CloseCode.goingAway, 'hub closed')
    await Promise.all(this.#ending)
  }
}
