import { Body, shareBody } from './body.js'
import { extractBody, type BodyContent } from './body-init.js'
import { Headers } from './headers.js'

/** Statuses that have no body (WHATWG Fetch §2.2.3, "null body status"). */
const bodiless: readonly number[] = [101, 103, 204, 205, 304]
const redirects: readonly number[] = [301, 302, 303, 307, 308]

interface ResponseInit {
  status?: unknown
  statusText?: unknown
  headers?: unknown
}

/** What a response says before its body. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected: boolean
  readonly type: string
}

/** A response of a host, whose head no script could make. */
export let newResponse: (
  content: BodyContent | null,
  headers: Headers,
  head: Partial<ResponseHead>,
) => Response

/** WHATWG Fetch §5.5. */
export class Response extends Body {
  #head: ResponseHead
  readonly #headers: Headers

  static {
    newResponse = (content, headers, head) => {
      const { status = 200 } = head
      const response = new Response(bodiless.includes(status) ? null : content, { headers })
      response.#head = { ...response.#head, ...head }
      return response
    }
  }

  constructor(body?: unknown, init?: ResponseInit | null) {
    const content = extractBody(body)
    super(content)
    const status = init?.status === undefined ? 200 : Math.trunc(Number(init.status))
    if (!(status >= 200 && status <= 599)) {
      throw new RangeError(
        `Response: the status must be from 200 to 599, not ${String(init?.status)}`,
      )
    }
    if (content !== null && bodiless.includes(status)) {
      throw new TypeError(`Response: a response with status ${status} has no body`)
    }
    const statusText = String(init?.statusText ?? '')
    if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) {
      throw new TypeError(`Response: ${JSON.stringify(statusText)} is not a status text`)
    }
    this.#headers = new Headers(init?.headers ?? undefined)
    if (content?.type !== undefined && !this.#headers.has('content-type')) {
      this.#headers.set('content-type', content.type)
    }
    this.#head = { status, statusText, url: '', redirected: false, type: 'default' }
  }

  static error(): Response {
    return newResponse(null, new Headers(), { status: 0, type: 'error' })
  }

  static json(data: unknown, init?: ResponseInit | null): Response {
    const text = JSON.stringify(data)
    if (text === undefined) throw new TypeError('Response.json: the value is not JSON')
    const response = new Response(text, init)
    if (!new Headers(init?.headers ?? undefined).has('content-type')) {
      response.headers.set('content-type', 'application/json')
    }
    return response
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    const { URL } = globalThis as unknown as { URL: new (url: string) => { href: string } }
    const { href } = new URL(String(url))
    if (!redirects.includes(Number(status))) {
      throw new RangeError(`Response.redirect: ${String(status)} is not a redirect status`)
    }
    const headers = new Headers({ location: href })
    return newResponse(null, headers, { status: Number(status) })
  }

  get type(): string {
    return this.#head.type
  }
  get url(): string {
    return this.#head.url
  }
  get redirected(): boolean {
    return this.#head.redirected
  }
  get status(): number {
    return this.#head.status
  }
  get ok(): boolean {
    return this.#head.status >= 200 && this.#head.status <= 299
  }
  get statusText(): string {
    return this.#head.statusText
  }
  override get headers(): Headers {
    return this.#headers
  }

  clone(): Response {
    return newResponse(shareBody(this), this.#headers, this.#head)
  }
}
