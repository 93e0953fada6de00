import {
  errorFrom,
  type EwsError,
  type HttpEvent,
  type HttpHeader,
  type HttpRequest,
} from '@extism-ws/protocol'

import { Exchange } from './exchange.js'
import type { HttpLimits } from './limits.js'
import type { Sender } from './sender.js'

/** A response that is complete. */
export interface WholeResponse {
  readonly status: number
  /** As the server sent them. */
  readonly headers: readonly HttpHeader[]
  /** In a buffer of its own. */
  readonly body: Uint8Array
}

/** A request that the guest stands still for: its response is told at once, when it is complete. */
export class AwaitedRequest {
  /** Rejects with an EwsError. */
  readonly response: Promise<WholeResponse>
  readonly #exchange: Exchange
  #resolve: (response: WholeResponse) => void = () => {}
  #reject: (why: EwsError) => void = () => {}
  #head: Pick<WholeResponse, 'status' | 'headers'> = { status: 0, headers: [] }
  readonly #parts: Uint8Array[] = []

  /** @throws {EwsError} what is wrong with the request, or not allowed. */
  constructor(request: HttpRequest, sender: Sender, limits: HttpLimits) {
    this.#exchange = new Exchange(0, request, sender, limits, (event) => this.#take(event))
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  giveUp(why: EwsError): void {
    this.#exchange.abort()
    this.#reject(why)
  }

  #take(event: HttpEvent): void {
    switch (event.type) {
      case 'response':
        this.#head = { status: event.status, headers: event.headers }
        break
      case 'body':
        this.#parts.push(event.data)
        break
      case 'end':
        this.#resolve({ ...this.#head, body: joined(this.#parts) })
        break
      case 'failed':
        this.#reject(errorFrom(event.error))
    }
  }
}

/** Not `Buffer.concat`, which puts what is small into a buffer that it shares with others. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
