import { Progress, type RawRecord } from '@extism-ws/protocol'

/** One event, and when it was fetched. */
interface FetchedEvent {
  readonly record: RawRecord
  readonly order: number
}

/** What of one socket was fetched and not handled, oldest first. */
interface SocketEvents {
  readonly fetched: FetchedEvent[]
  readonly kept: FetchedEvent[]
  taken: FetchedEvent[]
}

/** What was lost with an instance that died. */
interface Lost {
  /** Events that were being handled, and so may have been. */
  readonly taken: readonly RawRecord[]
  /** Events that no handler has seen. */
  readonly untaken: readonly RawRecord[]
}

/**
 * Events that the guest has fetched and not handled yet: what the session must know when the guest
 * dies, so that no event is lost and none handled twice without notice.
 *
 * The guest tells how far it is (protocol: `Progress`). One that does not, handles what it fetched
 * until it fetches again.
 */
export class Fetched {
  readonly #sockets = new Map<number, SocketEvents>()
  #delivering: FetchedEvent | undefined
  #lastOrder = 0

  /** @param kept whether it goes to a queue of its socket, and not to a handler. */
  add(record: RawRecord, kept: boolean): void {
    let events = this.#sockets.get(record.id)
    if (events === undefined) {
      events = { fetched: [], kept: [], taken: [] }
      this.#sockets.set(record.id, events)
    }
    const event = { record, order: ++this.#lastOrder }
    if (kept) events.kept.push(event)
    else events.fetched.push(event)
  }

  /** Steps that make no sense change nothing: the guest may say what it likes. */
  advance(socket: number, step: number): void {
    const before = this.#delivering
    const events = this.#sockets.get(socket)
    const ends = step === Progress.delivered || step === Progress.kept || step === Progress.handed
    if (ends) {
      this.#delivering = undefined
      // It may be of another socket: the guest can say what it likes.
      const mine = before?.record.id === socket ? before : undefined
      if (mine !== undefined && step === Progress.kept) events?.kept.push(mine)
      if (mine !== undefined && step === Progress.handed && events) events.taken = [mine]
    } else if (events === undefined) return
    else if (step === Progress.delivering) this.#delivering = events.fetched.shift()
    else if (step === Progress.taken) events.taken = events.kept.splice(0, 1)
    else if (step === Progress.takenToo) events.taken.push(...events.kept.splice(0, 1))
    else if (step === Progress.done) events.taken = []
    this.#forgetHandled(socket)
    if (before !== undefined) this.#forgetHandled(before.record.id)
  }

  #forgetHandled(socket: number): void {
    const events = this.#sockets.get(socket)
    // While one is being delivered it may still come to be kept.
    if (events === undefined || this.#delivering?.record.id === socket) return
    const { fetched, kept, taken } = events
    if (fetched.length + kept.length + taken.length === 0) this.#sockets.delete(socket)
  }

  /** Whether anything of this socket is not handled yet. */
  has(socket: number): boolean {
    return this.#sockets.has(socket) || this.#delivering?.record.id === socket
  }

  /** Everything of this socket counts as handled. */
  forget(socket: number): void {
    this.#sockets.delete(socket)
  }

  /** Everything has been handled. */
  clear(): void {
    this.#sockets.clear()
    this.#delivering = undefined
  }

  /**
   * Forgets everything, and tells what was lost.
   *
   * @param reports whether the guest tells how far it is; otherwise it may have handled all of it.
   */
  lose(reports: boolean): Lost {
    const all = [...this.#sockets.values()]
    const taken = all.flatMap((events) => events.taken)
    if (this.#delivering !== undefined) taken.push(this.#delivering)
    const untaken = all.flatMap(({ fetched, kept }) => [...fetched, ...kept])
    this.clear()
    if (reports) return { taken: inOrder(taken), untaken: inOrder(untaken) }
    return { taken: inOrder([...taken, ...untaken]), untaken: [] }
  }
}

function inOrder(events: FetchedEvent[]): RawRecord[] {
  return events.sort((a, b) => a.order - b.order).map(({ record }) => record)
}
