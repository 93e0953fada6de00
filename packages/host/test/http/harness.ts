import {
  encodeHttpRequest,
  recordHttpEvent,
  type HttpEvent,
  type HttpHead,
  type HttpRequest,
} from '@extism-ws/protocol'

import { HttpClient } from '../../src/http/client.js'
import { httpLimitsFrom, type HttpLimits } from '../../src/http/limits.js'
import { defaultLimits } from '../../src/limits.js'
import { httpRequests, Policy, type PolicyOptions } from '../../src/policy/index.js'
import type { Resolve } from '../../src/policy/lookup.js'

/** Everything that a request came to. */
export interface Outcome {
  readonly head: HttpHead | undefined
  readonly body: Buffer
  /** The code of the failure, or "end". */
  readonly end: string
  readonly message: string
}

interface Settings {
  readonly policy?: Partial<PolicyOptions>
  readonly limits?: Partial<HttpLimits>
  readonly bounds?: { readonly inboxBytes: number; readonly inboxEvents: number }
  readonly resolve?: Resolve
}

/** An HttpClient and the guest's half: takes events as they come, and sorts them by request. */
export class Harness implements Disposable {
  readonly client: HttpClient
  readonly events: HttpEvent[] = []
  /** Set to false to leave events where they are. */
  takes = true
  #lastId = 0
  readonly #waiting: (() => void)[] = []

  constructor({ policy = {}, limits = {}, bounds = defaultLimits, resolve }: Settings = {}) {
    const allow = ['http://127.0.0.1:*', 'https://127.0.0.1:*', 'http://localhost:*']
    const allowed = new Policy({ allow, ...policy }, resolve, httpRequests)
    this.client = new HttpClient(allowed, httpLimitsFrom(limits), bounds)
    this.client.onEvents = () => {
      if (this.takes) this.take()
    }
  }

  take(): void {
    while (this.client.hasEvents) {
      for (const record of this.client.take(2 ** 20)) {
        const event = recordHttpEvent(record)
        if (event !== undefined) this.events.push(event)
      }
    }
    for (const resume of this.#waiting.splice(0)) resume()
  }

  /** Starts a request and returns its id. */
  start(request: Partial<HttpRequest>): number {
    const whole = {
      method: 'GET',
      url: '',
      headers: [],
      redirect: 'follow',
      body: new Uint8Array(0),
      ...request,
    } satisfies HttpRequest
    const id = ++this.#lastId
    if (!this.client.start(id, encodeHttpRequest(whole))) throw new Error(`id ${id} was refused`)
    return id
  }

  /** Starts a request and waits for its end. */
  async fetch(url: string, request: Partial<HttpRequest> = {}): Promise<Outcome> {
    return this.outcome(this.start({ url, ...request }))
  }

  async outcome(id: number): Promise<Outcome> {
    let last = this.#last(id)
    while (last === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      last = this.#last(id)
    }
    const events = this.events.filter(({ request }) => request === id)
    const head = events.find((event) => event.type === 'response')
    const body = Buffer.concat(events.flatMap((event) => (event.type === 'body' ? event.data : [])))
    const failure = last.type === 'failed' ? last.error : undefined
    return { head, body, end: failure?.code ?? 'end', message: failure?.message ?? '' }
  }

  [Symbol.dispose](): void {
    this.client.dispose()
  }

  #last(id: number): HttpEvent | undefined {
    return this.events.find(
      ({ type, request }) => request === id && (type === 'end' || type === 'failed'),
    )
  }
}
