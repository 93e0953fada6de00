import type { ClientRequest, IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { EwsError, errorData, type HttpEvent, type HttpRequest } from '@extism-ws/protocol'

import { timerDelay } from '../timer-delay.js'
import { decodersFor } from './content-coding.js'
import { httpError, placeOf } from './http-error.js'
import type { HttpLimits } from './limits.js'
import { followRedirect, redirectTarget, type Hop } from './redirect.js'
import type { Sender } from './sender.js'

/** Methods that a server may see twice (RFC 9110 §9.2.2). */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const bodiless = new Set([204, 205, 304])
/** Headers that no longer describe a body once it is decoded. */
const codingHeaders = new Set(['content-encoding', 'content-length'])

/**
 * One HTTP request of a guest, redirects included. Its events end with exactly one `end` or
 * `failed`, whatever happened, unless it is aborted.
 */
export class Exchange {
  readonly #id: number
  readonly #redirect: HttpRequest['redirect']
  readonly #sender: Sender
  readonly #limits: HttpLimits
  readonly #emit: (event: HttpEvent) => void
  readonly #timer: NodeJS.Timeout
  /** The request on the wire; events of earlier ones mean nothing any more. */
  #current: ClientRequest | undefined
  #body: Readable | undefined
  #redirects = 0
  #received = 0
  #paused = false
  #over = false

  /** @throws {EwsError} what is wrong with the request, or not allowed. */
  constructor(
    id: number,
    request: HttpRequest,
    sender: Sender,
    limits: HttpLimits,
    emit: (event: HttpEvent) => void,
  ) {
    this.#id = id
    this.#redirect = request.redirect
    this.#sender = sender
    this.#limits = limits
    this.#emit = emit
    const { url, headers, body } = request
    // Node sends it like that in any case.
    const method = request.method.toUpperCase()
    this.#send({ method, url, headers, body })
    this.#timer = setTimeout(() => {
      const message = `${placeOf(new URL(url))} did not answer completely within ${limits.timeoutMs} ms (http.timeoutMs)`
      this.#fail(new EwsError('EWS_TIMEOUT', message))
    }, timerDelay(limits.timeoutMs))
  }

  /** Stops or resumes reading the response. */
  pause(paused: boolean): void {
    this.#paused = paused
    if (paused) this.#body?.pause()
    else this.#body?.resume()
  }

  /** Ends the request without another event. */
  abort(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#current?.destroy()
    this.#body?.destroy()
  }

  #send(hop: Hop): void {
    const { request, url } = this.#sender.send(hop)
    this.#current = request
    const whenCurrent =
      <T>(act: (argument: T) => void) =>
      (argument: T): void => {
        if (!this.#over && this.#current === request) this.#attempt(url, () => act(argument))
      }
    request.on(
      'response',
      whenCurrent((message) => this.#receive(message, request, hop, url)),
    )
    request.on(
      'error',
      whenCurrent((error: Error & { code?: unknown }) => {
        // The server closed a kept connection while the request was on its way to it.
        const stale =
          request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        if (stale && this.#body === undefined && repeatable.has(hop.method)) this.#send(hop)
        else throw error
      }),
    )
    request.on(
      'close',
      whenCurrent(() => {
        if (this.#body === undefined) throw new Error('the connection ended without a response')
      }),
    )
  }

  #receive(message: IncomingMessage, request: ClientRequest, hop: Hop, url: URL): void {
    // Also for a redirect's message, which is cut off: an error without a listener ends the process.
    message.on('error', (error) => {
      if (this.#current === request) this.#fail(httpError(error, url))
    })
    const status = message.statusCode ?? 0
    const target = redirectTarget(status, message.headers.location, url)
    if (target !== undefined && this.#redirect !== 'manual') {
      return this.#follow(hop, status, url, target)
    }
    const hasBody = hop.method !== 'HEAD' && !bodiless.has(status)
    const announced = Number(message.headers['content-length'] ?? 0)
    if (hasBody && announced > this.#limits.responseBytes) throw this.#tooLong(url, announced)
    const decoders = hasBody ? decodersFor(message.headers['content-encoding']) : []
    const last = decoders.at(-1) ?? message
    this.#body = last
    // An error of any of them destroys them all, and arrives at the last one.
    if (decoders.length > 0) pipeline([message, ...decoders], () => {})
    this.#emit({
      type: 'response',
      request: this.#id,
      status,
      statusText: message.statusMessage ?? '',
      url: url.href,
      redirected: this.#redirects > 0,
      headers: headersOf(message, decoders.length > 0),
    })
    this.#read(last, url)
  }

  #read(body: Readable, url: URL): void {
    body.on('data', (data: Buffer) => {
      if (this.#over) return
      this.#received += data.length
      if (this.#received > this.#limits.responseBytes) {
        return this.#fail(this.#tooLong(url, this.#received))
      }
      // A few bytes must not keep the large buffer alive that they are a part of.
      const own = data.length * 2 < data.buffer.byteLength ? Buffer.from(data) : data
      this.#emit({ type: 'body', request: this.#id, data: own })
    })
    body.on('end', () => {
      if (this.#over) return
      this.#over = true
      clearTimeout(this.#timer)
      // A server that answers before it has read the whole request may never read the rest.
      if (this.#current?.writableFinished === false) this.#current.destroy()
      this.#emit({ type: 'end', request: this.#id })
    })
    body.on('error', (error) => this.#fail(httpError(error, url)))
    body.on('close', () => {
      // What was cut off has reported an error by now; this is for what has not.
      this.#fail(httpError(new Error('the connection ended'), url))
    })
    if (this.#paused) body.pause()
  }

  #follow(hop: Hop, status: number, from: URL, to: URL): void {
    const step = `${placeOf(from)} redirects (${status}) to ${placeOf(to)}`
    if (this.#redirect === 'error') {
      throw new EwsError('EWS_DENIED', `${step}, and the request says redirect: "error"`)
    }
    if (this.#redirects >= this.#limits.redirects) {
      const most = this.#limits.redirects
      throw new EwsError(
        'EWS_LIMIT',
        `${step}, after ${this.#redirects} redirects; http.redirects allows ${most}`,
      )
    }
    this.#redirects++
    const former = this.#current
    this.#current = undefined
    // Its body may be endless: the connection goes with it.
    former?.destroy()
    try {
      this.#send(followRedirect(hop, status, from, to))
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      throw new EwsError(error.code, `${step}: ${error.message}`, { cause: error })
    }
  }

  #attempt(url: URL, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail(httpError(error instanceof Error ? error : new Error(String(error)), url))
    }
  }

  #fail(error: EwsError): void {
    if (this.#over) return
    this.abort()
    this.#emit({ type: 'failed', request: this.#id, error: errorData(error) })
  }

  #tooLong(url: URL, bytes: number): EwsError {
    const most = this.#limits.responseBytes
    const message = `${placeOf(url)} answers with ${bytes} bytes or more, http.responseBytes allows ${most}`
    return new EwsError('EWS_LIMIT', message)
  }
}

function headersOf(message: IncomingMessage, decoded: boolean): [string, string][] {
  const { rawHeaders } = message
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (decoded && codingHeaders.has(name.toLowerCase())) continue
    pairs.push([name, rawHeaders[i + 1] ?? ''])
  }
  return pairs
}
