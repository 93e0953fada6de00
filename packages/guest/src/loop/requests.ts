import { RecordType, type RawRecord } from '@extism-ws/protocol'

/** What becomes of a request: `response`, any number of `body`, then `end`; or `failed` at any time. */
export interface RequestHandler {
  /** @param head JSON, see docs/abi.md. */
  response(head: Uint8Array): void
  body(chunk: Uint8Array): void
  end(): void
  /** @param error JSON as from `ws_error`. */
  failed(error: Uint8Array): void
}

/**
 * HTTP requests that the host carries out: they leave with the output of a dispatch and their events
 * enter with another, so that a plugin needs no host function for them.
 */
export class Requests {
  readonly #handlers = new Map<number, RequestHandler>()
  #waiting: RawRecord[] = []
  #last = 0
  readonly #wake: (at: number) => void

  /** @param wake is told when a record waits to be handed over. Default: nobody is. */
  constructor(wake: (at: number) => void = () => {}) {
    this.#wake = wake
  }

  /** Whether records wait to be handed over. */
  get waiting(): boolean {
    return this.#waiting.length > 0
  }

  /**
   * Hands a request over at the end of the next dispatch.
   *
   * @param payload see docs/abi.md; it is not copied.
   * @returns the request's id.
   */
  start(payload: Uint8Array, handler: RequestHandler): number {
    const id = ++this.#last
    this.#handlers.set(id, handler)
    this.#waiting.push({ type: RecordType.request, flags: 0, code: 0, id, payload })
    this.#wake(0)
    return id
  }

  /** Gives a request up: nothing more is heard of it. */
  abort(id: number): void {
    if (!this.#handlers.delete(id)) return
    const count = this.#waiting.length
    this.#waiting = this.#waiting.filter((record) => record.id !== id)
    // One that the host has not heard of needs no word.
    if (this.#waiting.length < count) return
    const payload = new Uint8Array(0)
    this.#waiting.push({ type: RecordType.abort, flags: 0, code: 0, id, payload })
    this.#wake(0)
  }

  /** What waits to be handed over; it stays until `handedOver`. */
  get outgoing(): readonly RawRecord[] {
    return this.#waiting
  }

  handedOver(): void {
    this.#waiting = []
  }

  /** Delivers one event of a request; records that are none are ignored. */
  deliver({ type, id, payload }: RawRecord): void {
    const handler = this.#handlers.get(id)
    if (handler === undefined) return
    switch (type) {
      case RecordType.response:
        return handler.response(payload)
      case RecordType.body:
        return handler.body(payload)
      case RecordType.end:
        this.#handlers.delete(id)
        return handler.end()
      case RecordType.failed:
        this.#handlers.delete(id)
        return handler.failed(payload)
      default:
        return
    }
  }
}
