import { EwsError } from '@extism-ws/protocol'
import type { LookupFunction } from 'node:net'
import WebSocket, { type ClientOptions } from 'ws'

import type { Limits } from '../limits.js'
import { generateMask } from './mask.js'

/** Where one attempt goes; the policy has checked it. */
export interface Target {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Resolves the host name to addresses that the policy allows. */
  readonly lookup: LookupFunction
  /** How to verify the server, and who the host is. */
  readonly tls: ClientOptions
}

/** One attempt to connect. */
export class Dial {
  readonly url: string
  readonly #find: (signal: AbortSignal) => Target | Promise<Target>
  readonly #protocols: readonly string[]
  readonly #limits: Limits
  readonly #abort = new AbortController()

  /**
   * @param url for messages, until the target is known.
   * @param find may have to ask the integrator.
   */
  constructor(
    url: string,
    protocols: readonly string[],
    limits: Limits,
    find: (signal: AbortSignal) => Target | Promise<Target>,
  ) {
    this.url = url
    this.#find = find
    this.#protocols = protocols
    this.#limits = limits
  }

  /** @throws {EwsError} `EWS_BAD_REQUEST` for what `ws` does not take; what finding the target comes to. */
  dial(): WebSocket | Promise<WebSocket> {
    const target = this.#find(this.#abort.signal)
    return target instanceof Promise ? target.then((one) => this.#open(one)) : this.#open(target)
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
    this.#abort.abort()
  }

  #open({ url, headers, lookup, tls }: Target): WebSocket {
    const { messageBytes, fragments, closeTimeoutMs } = this.#limits
    // `ws` passes TLS options and `lookup` on to Node; some of its own are not in its types yet.
    const options: ClientOptions & Record<'closeTimeout' | 'maxFragments' | 'lookup', unknown> = {
      ...tls,
      headers: { ...headers },
      lookup,
      closeTimeout: closeTimeoutMs,
      maxPayload: messageBytes,
      maxFragments: fragments,
      perMessageDeflate: false,
      followRedirects: false,
      autoPong: false,
      generateMask,
    }
    try {
      return new WebSocket(url, [...this.#protocols], options)
    } catch (cause) {
      // `ws` checks subprotocols and headers once more, in its own words.
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new EwsError('EWS_BAD_REQUEST', `cannot connect to ${url.href}: ${why}`, { cause })
    }
  }
}
