import { Agent as HttpAgent, request as sendPlain, type ClientRequest } from 'node:http'
import { Agent as HttpsAgent, request as sendSecure, type RequestOptions } from 'node:https'
import { EwsError, type HttpHeader } from '@extism-ws/protocol'

import { isToken, type Policy } from '../policy/index.js'
import { acceptedCodings } from './content-coding.js'
import type { Hop } from './redirect.js'

/** Methods that are not for guests (WHATWG Fetch, "forbidden method"). */
const forbiddenMethods = new Set(['CONNECT', 'TRACE', 'TRACK'])
/** Methods that have a length even without a body (RFC 9110 §8.6). */
const bodyMethods = new Set(['POST', 'PUT', 'PATCH'])
/** How long an idle connection is kept, in milliseconds; servers close theirs after 5 s and more. */
const idleMs = 4000
const mostHeaderBytes = 65_536

/** Puts requests on the wire that the policy allows, over connections of one session. */
export class Sender {
  readonly #policy: Policy
  readonly #plain: HttpAgent
  readonly #secure: HttpsAgent

  constructor(policy: Policy, mostConnections: number) {
    this.#policy = policy
    const options = { keepAlive: true, maxSockets: mostConnections, timeout: idleMs }
    this.#plain = new HttpAgent(options)
    this.#secure = new HttpsAgent(options)
  }

  /**
   * Checks a request and sends it.
   *
   * @throws {EwsError} `EWS_BAD_REQUEST`, `EWS_BAD_URL` or `EWS_DENIED`; then nothing was sent.
   */
  send(hop: Hop): { request: ClientRequest; url: URL } {
    checkMethod(hop)
    const { url, rule } = this.#policy.check(hop)
    const secure = url.protocol === 'https:'
    const options: RequestOptions = {
      method: hop.method,
      headers: headersFor(hop),
      agent: secure ? this.#secure : this.#plain,
      lookup: this.#policy.lookupFor(rule),
      maxHeaderSize: mostHeaderBytes,
      rejectUnauthorized: true,
    }
    const request = secure ? sendSecure(url, options) : sendPlain(url, options)
    if (hop.body.length > 0) request.end(hop.body)
    else request.end()
    return { request, url }
  }

  /** Closes the connections that are kept; those in use are their requests' to close. */
  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }
}

function checkMethod({ method, body }: Hop): void {
  const shown = JSON.stringify(method.slice(0, 80))
  if (!isToken(method)) {
    throw new EwsError('EWS_BAD_REQUEST', `${shown} is not a method: use "GET", "POST" or the like`)
  }
  if (forbiddenMethods.has(method)) {
    throw new EwsError('EWS_DENIED', `the method ${shown} may not be used by plugins`)
  }
  if (body.length > 0 && (method === 'GET' || method === 'HEAD')) {
    const message = `a ${method} request cannot have a body, this one has ${body.length} bytes: use "POST"`
    throw new EwsError('EWS_BAD_REQUEST', message)
  }
}

/** The guest's headers with those of the host, by name; without a prototype, as names are any. */
function headersFor({ method, headers, body }: Hop): Record<string, string[]> {
  const all = Object.create(null) as Record<string, string[]>
  const add = ([name, value]: HttpHeader): void => {
    const key = name.toLowerCase()
    ;(all[key] ??= []).push(value)
  }
  for (const header of headers) {
    if (header[0].toLowerCase() !== 'accept-encoding') add(header)
  }
  if (!('accept' in all)) add(['accept', '*/*'])
  if (!('user-agent' in all)) add(['user-agent', 'extism-ws'])
  // Part of a compressed body could not be decompressed (WHATWG Fetch, "HTTP-network-or-cache fetch").
  add(['accept-encoding', 'range' in all ? 'identity' : acceptedCodings])
  if (body.length > 0 || bodyMethods.has(method)) add(['content-length', String(body.length)])
  return all
}
