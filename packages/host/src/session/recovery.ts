import { RecordType, type RawRecord } from '@extism-ws/protocol'

import { Fetched } from './fetched.js'
import type { Socket } from './socket.js'

/** Sockets that have ended and whose events a guest may leave unread. */
const mostEnded = 256

/** What a session remembers so that it can go on with another instance of its plugin. */
export class Recovery {
  readonly #fetched = new Fetched()
  /** Sockets whose close event was fetched and not handled. */
  readonly #ended = new Map<number, Socket>()
  readonly #reports: boolean

  /**
   * @param reports whether the guest tells how far it is with what it fetched. Otherwise it has handled
   *   all of it when it fetches again, or returns.
   */
  constructor(reports: boolean) {
    this.#reports = reports
  }

  /** The guest asks for events. */
  fetching(): void {
    this.entryEnded()
    for (const id of this.#ended.keys()) if (!this.#fetched.has(id)) this.#ended.delete(id)
  }

  /** @param kept whether it goes to a queue of its socket, and not to a handler. */
  fetched(record: RawRecord, kept: boolean): void {
    this.#fetched.add(record, kept)
  }

  /** The close event of this socket was fetched. */
  ended(socket: Socket): void {
    this.#ended.set(socket.id, socket)
    const [oldest] = this.#ended.keys()
    if (this.#ended.size <= mostEnded || oldest === undefined) return
    // Nobody reads what is left of it.
    this.#ended.delete(oldest)
    this.#fetched.forget(oldest)
  }

  advance(socket: number, step: number): void {
    this.#fetched.advance(socket, step)
  }

  entryEnded(): void {
    if (!this.#reports) this.#fetched.clear()
  }

  /** Forgets everything, and tells what the guest that died had not handled. */
  lose(): { taken: readonly RawRecord[]; untaken: readonly RawRecord[]; ended: readonly Socket[] } {
    const { taken, untaken } = this.#fetched.lose(this.#reports)
    const ended = untaken.flatMap(({ type, id }) =>
      type === RecordType.close ? (this.#ended.get(id) ?? []) : [],
    )
    this.#ended.clear()
    return { taken, untaken, ended }
  }

  clear(): void {
    this.#fetched.clear()
    this.#ended.clear()
  }
}
