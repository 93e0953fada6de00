import {
  decodeHttpRequest,
  errorData,
  EwsError,
  httpEventRecord,
  RecordType,
  type HttpEvent,
  type HttpRequest,
  type RawRecord,
} from '@extism-ws/protocol'

import type { Policy } from '../policy/index.js'
import { AwaitedRequest, type WholeResponse } from './awaited.js'
import { Exchange } from './exchange.js'
import { HttpInbox } from './inbox.js'
import type { HttpLimits } from './limits.js'
import { Line } from './line.js'
import { Sender } from './sender.js'

/** Events beyond what requests under way explain: refusals that the guest does not take. */
const mostWaiting = 65_536
/** Requests that may wait for others to end. */
const mostInLine = 1024

/**
 * The HTTP half of a session: the requests of one guest and their undelivered events. Whatever the
 * guest asks for, nothing is thrown: it is answered, or ignored.
 */
export class HttpClient {
  readonly #limits: HttpLimits
  readonly #sender: Sender
  readonly #inbox: HttpInbox
  /** Requests whose last event was not handed over. */
  readonly #exchanges = new Map<number, Exchange>()
  /** Requests that the guest stands still for; they have no events. */
  readonly #awaited = new Set<AwaitedRequest>()
  readonly #line: Line
  #lastId = 0
  #started = 0
  #failed = 0
  #disposed = false
  /** Called when events wait. */
  onEvents: () => void = () => {}

  constructor(
    policy: Policy,
    limits: HttpLimits,
    bounds: { readonly inboxBytes: number; readonly inboxEvents: number },
  ) {
    this.#limits = limits
    this.#sender = new Sender(policy, limits.requests)
    this.#line = new Line({ requests: mostInLine, bytes: limits.requestBytes })
    this.#inbox = new HttpInbox(bounds)
    this.#inbox.onFull = (full) => {
      for (const exchange of this.#exchanges.values()) exchange.pause(full)
    }
  }

  /** Requests that have not told the guest of their end. */
  get requestCount(): number {
    return this.#underWay + this.#line.size
  }

  /** Requests that the guest asked for so far. */
  get started(): number {
    return this.#started
  }

  /** Those that came to an error; an HTTP status is none. */
  get failed(): number {
    return this.#failed
  }

  get hasEvents(): boolean {
    return this.#inbox.size > 0
  }

  /** Whether more answers wait than any guest needs: it asks, and does not listen. */
  get overrun(): boolean {
    return this.#inbox.size > mostWaiting + this.#limits.requests
  }

  /**
   * Starts what a `request` record asks for. False when its id does not rise: then it cannot be
   * answered.
   */
  start(id: number, payload: Uint8Array): boolean {
    if (id <= this.#lastId) return false
    this.#lastId = id
    this.#started++
    if (this.#disposed) return true
    try {
      this.#start(id, payload)
    } catch (error) {
      this.#refuse(id, refusal(error))
    }
    return true
  }

  /**
   * Carries out a request that the guest stands still for. It cannot wait for others, since the guest
   * takes none of their events meanwhile.
   *
   * @throws {EwsError} what the request fails with; `EWS_DISPOSED` and `EWS_RESTARTED` when its guest ends.
   */
  async request(request: HttpRequest): Promise<WholeResponse> {
    this.#started++
    try {
      return await this.#request(request)
    } catch (error) {
      this.#failed++
      throw error
    }
  }

  async #request(request: HttpRequest): Promise<WholeResponse> {
    if (this.#disposed) throw disposed()
    this.#checkBody(request)
    if (!this.#hasRoom) {
      const message = `the plugin has ${this.#underWay} requests under way (http.requests): await some first`
      throw new EwsError('EWS_LIMIT', message)
    }
    const awaited = attempt(() => new AwaitedRequest(request, this.#sender, this.#limits))
    this.#awaited.add(awaited)
    try {
      return await awaited.response
    } finally {
      this.#awaited.delete(awaited)
      this.#advance()
    }
  }

  /** Gives a request up: nothing more is said about it. */
  abort(id: number): void {
    this.#line.remove(id)
    this.#inbox.discard(id)
    this.#exchanges.get(id)?.abort()
    this.#exchanges.delete(id)
    this.#advance()
  }

  /** Takes events whose records fit in so many bytes together; the first one in any case. */
  take(mostBytes: number): RawRecord[] {
    const records = this.#inbox.take(mostBytes)
    for (const { type, id } of records) {
      if (type === RecordType.end || type === RecordType.failed) this.#exchanges.delete(id)
    }
    this.#advance()
    return records
  }

  /** Ends the requests of these events, and those that have events waiting, with an error. */
  giveUp(records: readonly RawRecord[], error: EwsError): void {
    for (const id of new Set([...records.map((record) => record.id), ...this.#inbox.requests])) {
      this.abort(id)
      this.#refuse(id, error)
    }
  }

  /** Ends every request: the guest is another one now, whose ids begin anew. */
  reset(): void {
    this.#lastId = 0
    this.#endAll(new EwsError('EWS_RESTARTED', 'the plugin was built anew meanwhile'))
  }

  /** Ends every request, and closes every connection. */
  dispose(): void {
    this.#disposed = true
    this.onEvents = () => {}
    this.#endAll(disposed())
    this.#sender.close()
  }

  get #underWay(): number {
    return this.#exchanges.size + this.#awaited.size
  }

  get #hasRoom(): boolean {
    return this.#underWay < this.#limits.requests
  }

  /** @param why for those who stand still. */
  #endAll(why: EwsError): void {
    for (const exchange of this.#exchanges.values()) exchange.abort()
    this.#exchanges.clear()
    this.#line.clear()
    this.#inbox.clear()
    for (const awaited of this.#awaited) awaited.giveUp(why)
  }

  #start(id: number, payload: Uint8Array): void {
    const request = decodeHttpRequest(payload)
    this.#checkBody(request)
    // A copy: the payload lies in memory that the next entry reuses.
    const owned = { ...request, body: request.body.slice() }
    if (this.#hasRoom) return this.#begin(id, owned)
    if (this.#line.push({ id, request: owned, bytes: payload.length })) return
    const message = `the plugin has ${this.#underWay} requests under way (http.requests) and ${this.#line.size} waiting for them: await some first`
    throw new EwsError('EWS_LIMIT', message)
  }

  #checkBody({ body }: HttpRequest): void {
    if (body.length <= this.#limits.requestBytes) return
    const message = `the request's body has ${body.length} bytes, http.requestBytes allows ${this.#limits.requestBytes}`
    throw new EwsError('EWS_LIMIT', message)
  }

  #begin(id: number, request: HttpRequest): void {
    const exchange = new Exchange(id, request, this.#sender, this.#limits, this.#emit)
    if (this.#inbox.full) exchange.pause(true)
    this.#exchanges.set(id, exchange)
  }

  /** Begins what waits, as far as there is room. */
  #advance(): void {
    while (this.#hasRoom) {
      const next = this.#line.shift()
      if (next === undefined) return
      try {
        this.#begin(next.id, next.request)
      } catch (error) {
        this.#refuse(next.id, refusal(error))
      }
    }
  }

  #refuse(id: number, error: EwsError): void {
    this.#emit({ type: 'failed', request: id, error: errorData(error) })
  }

  #emit = (event: HttpEvent): void => {
    if (this.#disposed) return
    if (event.type === 'failed') this.#failed++
    this.#inbox.push(httpEventRecord(event))
    this.onEvents()
  }
}

function attempt<T>(begin: () => T): T {
  try {
    return begin()
  } catch (error) {
    throw refusal(error)
  }
}

function disposed(): EwsError {
  return new EwsError('EWS_DISPOSED', 'the plugin was disposed meanwhile')
}

function refusal(error: unknown): EwsError {
  if (error instanceof EwsError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new EwsError('EWS_BAD_REQUEST', `the request cannot be made: ${why}`, { cause: error })
}
