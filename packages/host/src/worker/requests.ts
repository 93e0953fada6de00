import { EwsError, recordHeaderBytes } from '@extism-ws/protocol'

import type { HttpClient } from '../http/client.js'
import { extismRequest } from '../http/extism.js'
import type { Session } from '../session/session.js'
import type { FunctionCalls } from './function-calls.js'
import type { Answer, Request } from './messages.js'

/** An answer: a number, or what a number cannot say. */
export type RequestAnswer = number | Exclude<Answer, { readonly error: unknown }>

export interface RequestParts {
  readonly session: Session
  readonly http: HttpClient
  readonly functions: FunctionCalls
  readonly mailbox: Uint8Array
  /** Whether more may be fetched than the guest asked for. */
  readonly prefetches: boolean
}

/** Carries out what a plugin's thread asks for. */
export class Requests {
  readonly #parts: RequestParts

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  /** @throws {EwsError} what the operation failed with; also by its promise. */
  answer(request: Request, hostContext: unknown): RequestAnswer | Promise<RequestAnswer> {
    const { session, http, functions } = this.#parts
    switch (request.op) {
      case 'connect':
        return session.connect(request.request)
      case 'send':
        return session.send(request.socket, request.kind, request.data)
      case 'close':
        return session.close(request.socket, request.code, request.reason)
      case 'pause':
        return session.pause(request.socket, request.paused)
      case 'refuse':
        return session.refuse(0)
      case 'save':
        return session.save(request.socket, request.bytes)
      case 'info':
        return { text: session.info(request.socket) }
      case 'fetch':
        return this.#fetch(request)
      case 'http':
        return extismRequest(http, request.request).then((response) => ({ response }))
      case 'function':
        return functions.run(request, hostContext)
    }
  }

  async #fetch(request: Request & { op: 'fetch' }): Promise<RequestAnswer> {
    const { socket, timeoutMs, capacity } = request
    const { session, mailbox, prefetches } = this.#parts
    const room = prefetches ? mailbox.length : Math.min(capacity, mailbox.length)
    const box = mailbox.subarray(0, room)
    const fetch = (block: Uint8Array): number | Promise<number> =>
      socket === undefined
        ? session.poll(timeoutMs, () => block)
        : session.receive(socket, timeoutMs, () => block, prefetches ? Infinity : 1)
    try {
      return await fetch(box)
    } catch (error) {
      const needed = error instanceof EwsError ? (error.needed ?? 0) : 0
      // What the guest has no room for stays where it is, as long as it may be counted as handled.
      if (needed <= room || (!prefetches && needed > capacity)) throw error
      const block = new Uint8Array(new SharedArrayBuffer(Math.max(needed, recordHeaderBytes)))
      return { block, length: await fetch(block) }
    }
  }
}
