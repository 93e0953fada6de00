import type { RedirectMode } from '@extism-ws/protocol'

import { Body, shareBody, takeBody } from './body.js'
import { extractBody, type BodyContent } from './body-init.js'
import { Headers, token } from './headers.js'

/** WHATWG Fetch §2.2.1: methods that are written in capitals, and those that nobody may use. */
const capitals = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']
const forbidden = ['CONNECT', 'TRACE', 'TRACK']
const bodiless = ['GET', 'HEAD']
const redirectModes: readonly RedirectMode[] = ['follow', 'error', 'manual']

/** What is used of an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface RequestInit {
  method?: unknown
  headers?: unknown
  body?: unknown
  redirect?: unknown
  signal?: Signal | null
}

/** What the scripts before this one have defined. */
const { AbortController, AbortSignal, URL } = globalThis as unknown as {
  AbortController: new () => { signal: Signal }
  AbortSignal: new () => Signal
  URL: new (url: string) => { href: string; username: string; password: string }
}

/** WHATWG Fetch §5.4. What only a browser decides (mode, credentials, cache, referrer) is not there. */
export class Request extends Body {
  readonly #url: string
  readonly #method: string
  readonly #headers: Headers
  readonly #redirect: RedirectMode
  #signal: Signal | undefined

  constructor(input: unknown, init?: RequestInit | null) {
    const from = input instanceof Request ? input : undefined
    const method = init?.method === undefined ? (from?.method ?? 'GET') : methodOf(init.method)
    const content = contentOf(from, init, method)
    super(content)
    this.#url = from?.url ?? urlOf(input)
    this.#method = method
    this.#headers = new Headers(init?.headers ?? from?.headers)
    if (content?.type !== undefined && !this.#headers.has('content-type')) {
      this.#headers.set('content-type', content.type)
    }
    const redirect = String(init?.redirect ?? from?.redirect ?? 'follow')
    const known = redirectModes.find((mode) => mode === redirect)
    if (known === undefined) {
      throw new TypeError(`Request: redirect must be ${redirectModes.join(', ')}`)
    }
    this.#redirect = known
    const signal = init?.signal === undefined ? from?.signal : init.signal
    if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
      throw new TypeError('Request: the signal is not an AbortSignal')
    }
    // The standard makes a signal that follows it; one that is long-lived would collect these.
    this.#signal = signal ?? undefined
  }

  get url(): string {
    return this.#url
  }
  get method(): string {
    return this.#method
  }
  override get headers(): Headers {
    return this.#headers
  }
  get redirect(): RedirectMode {
    return this.#redirect
  }
  get signal(): Signal {
    this.#signal ??= new AbortController().signal
    return this.#signal
  }

  clone(): Request {
    const { method, redirect, signal, headers } = this
    return new Request(this.#url, { method, redirect, signal, headers, body: shareBody(this) })
  }
}

function contentOf(
  from: Request | undefined,
  init: RequestInit | null | undefined,
  method: string,
): BodyContent | null {
  const given = init?.body ?? null
  if (bodiless.includes(method) && (given !== null || (from?.body ?? null) !== null)) {
    throw new TypeError(`Request: a ${method} request cannot have a body`)
  }
  if (given !== null || from === undefined) return extractBody(given)
  return takeBody(from)
}

function urlOf(input: unknown): string {
  const { href, username, password } = new URL(String(input))
  if (username === '' && password === '') return href
  throw new TypeError('Request: the URL must not have credentials in it; use a header')
}

function methodOf(value: unknown): string {
  const method = String(value)
  const upper = method.toUpperCase()
  if (!token.test(method) || forbidden.includes(upper)) {
    throw new TypeError(`Request: ${JSON.stringify(method)} is not a method`)
  }
  return capitals.includes(upper) ? upper : method
}
