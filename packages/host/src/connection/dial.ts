import { EwsError } from '@extism-ws/protocol'
import type { LookupFunction } from 'node:net'
import WebSocket, { type ClientOptions } from 'ws'

import type { OpenConnection, Warm } from '../hub/warm.js'
import type { Limits } from '../limits.js'
import { negotiated, type DeflateOptions } from './deflate.js'
import { readFrames } from './frame-reader.js'
import { generateMask } from './mask.js'

/** Where one attempt goes; the policy has checked it. */
export interface Target {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Resolves the host name to addresses that the policy allows. */
  readonly lookup: LookupFunction
  /** How to verify the server, and who the host is. */
  readonly tls: ClientOptions
  /** Equal for targets that are alike in all of these: asked for where connections are kept or shared. */
  key(): string
}

/** What one attempt needs. */
export interface DialSettings {
  /** As the plugin wrote it, for messages: the target may hold secrets. */
  readonly url: string
  readonly protocols: readonly string[]
  readonly limits: Limits
  readonly deflate: DeflateOptions | undefined
  /**
   * May have to ask the integrator.
   *
   * @param attempt 0 is the first, the n-th is the n-th to reconnect.
   */
  readonly find: (attempt: number, signal: AbortSignal) => Target | Promise<Target>
  /** Connections that are open already, if it may be one of these. */
  readonly warm: Warm | undefined
}

/** One attempt to connect. */
export class Dial {
  readonly #settings: DialSettings
  readonly #attempt: number
  readonly #abort = new AbortController()

  constructor(settings: DialSettings, attempt: number) {
    this.#settings = settings
    this.#attempt = attempt
  }

  get url(): string {
    return this.#settings.url
  }

  /** @throws {EwsError} `EWS_BAD_REQUEST` for what `ws` does not take; what finding the target comes to. */
  dial(): WebSocket | OpenConnection | Promise<WebSocket | OpenConnection> {
    const target = this.#settings.find(this.#attempt, this.#abort.signal)
    return target instanceof Promise ? target.then((one) => this.#get(one)) : this.#get(target)
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
    this.#abort.abort()
  }

  #get(target: Target): WebSocket | OpenConnection {
    const { warm, protocols, limits, deflate } = this.#settings
    if (warm === undefined) return this.#open(target)
    const { messageBytes, fragments, closeTimeoutMs } = limits
    const bounds = [messageBytes, fragments, closeTimeoutMs, deflate]
    const key = JSON.stringify([target.key(), protocols, bounds])
    const found = warm.take(key) ?? this.#open(target)
    warm.want(key, () => this.#open(target))
    return found
  }

  #open({ url, headers, lookup, tls }: Target): WebSocket {
    const { protocols, limits, deflate } = this.#settings
    const { messageBytes, fragments, closeTimeoutMs } = limits
    // `ws` passes TLS options and `lookup` on to Node; some of its own are not in its types yet.
    const options: ClientOptions & Record<'closeTimeout' | 'maxFragments' | 'lookup', unknown> = {
      ...tls,
      headers: { ...headers },
      lookup,
      closeTimeout: closeTimeoutMs,
      maxPayload: messageBytes,
      maxFragments: fragments,
      perMessageDeflate: negotiated(deflate),
      followRedirects: false,
      autoPong: false,
      generateMask,
    }
    try {
      const ws = new WebSocket(url, [...protocols], options)
      ws.once('upgrade', ({ socket }) => {
        ws.prependOnceListener('open', () => readFrames(ws, socket, messageBytes))
      })
      return ws
    } catch (cause) {
      // `ws` checks subprotocols and headers once more, in its own words.
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new EwsError('EWS_BAD_REQUEST', `cannot connect to ${url.href}: ${why}`, { cause })
    }
  }
}
