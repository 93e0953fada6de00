import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { EwsError, type ConnectRequest } from '@extism-ws/protocol'
import { isPublicAddress } from './address.js'
import { AllowList } from './allow-list.js'
import { findForbiddenHeader } from './header.js'
import { checkedLookup, type Resolve } from './lookup.js'
import { addressOf, portOf, type Rule } from './rule.js'

/** What an integrator lets plugins reach. */
export interface PolicyOptions {
  /** Patterns such as `wss://*.example.com`; see {@link Rule}. An empty list allows nothing. */
  readonly allow: readonly string[]
  /** Whether guests may send `Cookie` and `Authorization`. Default: false. */
  readonly allowCredentialHeaders?: boolean
}

/** A request that passed. */
export interface CheckedRequest {
  /** The URL to connect to: use this one, not the request's text. */
  readonly url: URL
  /** The rule that covers it, for {@link Policy.lookupFor}. */
  readonly rule: Rule
}

/** Decides which connections a guest gets. Deny by default. */
export class Policy {
  readonly #allowList: AllowList
  readonly #allowCredentials: boolean
  readonly #resolve: Resolve

  /**
   * @param resolve Default: `dns.lookup`.
   * @throws {TypeError} for a malformed pattern.
   */
  constructor(options: PolicyOptions, resolve: Resolve = lookup) {
    this.#allowList = new AllowList(options.allow)
    this.#allowCredentials = options.allowCredentialHeaders ?? false
    this.#resolve = resolve
  }

  /**
   * Parses the URL and checks it and the headers.
   *
   * For a host that is a name, half the check: connect with {@link lookupFor}, which does the rest.
   *
   * @throws {EwsError} `EWS_BAD_URL` for a URL that is no WebSocket URL (RFC 6455 §3), `EWS_DENIED`
   *   for one that is not on the list, and for a forbidden header.
   */
  check(request: ConnectRequest): CheckedRequest {
    const url = parse(request.url)
    const rule = this.#allowList.find(url)
    if (rule === undefined) throw this.#denied(url)
    const header = findForbiddenHeader(request.headers ?? {}, {
      allowCredentials: this.#allowCredentials,
    })
    if (header !== undefined) {
      throw new EwsError(
        'EWS_DENIED',
        `header ${quoted(header)} may not be sent, or is malformed; leave it out` +
          ' (`Cookie` and `Authorization` need the host to allow credential headers)',
      )
    }
    return { url, rule }
  }

  /**
   * The `lookup` option for `net.connect` and `tls.connect`: refuses a name with any address that
   * is not public, or, under a `localhost` rule, not loopback.
   *
   * Fails with {@link EwsError} `EWS_DENIED` or `EWS_CONNECT`.
   */
  lookupFor(rule: Rule): LookupFunction {
    return checkedLookup(rule, this.#resolve)
  }

  #denied(url: URL): EwsError {
    const address = addressOf(url)
    const note =
      address === undefined || isPublicAddress(address)
        ? ''
        : ' (an address that is not public must be named as it is, * does not cover it)'
    return new EwsError(
      'EWS_DENIED',
      `${quoted(origin(url))} is not on the allow list: ${this.#allowList.describe()}; ` +
        `the integrator can add it to \`sockets.allow\`${note}`,
    )
  }
}

function parse(text: string): URL {
  if (!URL.canParse(text)) {
    throw badUrl(`${quoted(withoutUserinfo(text))} is not an absolute URL`)
  }
  const url = new URL(text)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw badUrl(`scheme ${quoted(url.protocol)} is not for WebSockets`)
  }
  if (url.username !== '' || url.password !== '') {
    throw badUrl(`the URL for ${quoted(origin(url))} has a user name or password: use headers`)
  }
  // Not `url.hash`: that is empty for a bare '#' too.
  if (url.href.includes('#')) {
    throw badUrl(`the URL for ${quoted(origin(url))} has a fragment (${quoted(url.hash || '#')})`)
  }
  return url
}

function badUrl(problem: string): EwsError {
  return new EwsError('EWS_BAD_URL', `${problem}; pass a ws:// or wss:// URL without a fragment`)
}

function origin(url: URL): string {
  return `${url.protocol}//${url.hostname}:${portOf(url)}`
}

/** A URL that cannot be parsed may hold a password all the same; messages end up in logs. */
function withoutUserinfo(text: string): string {
  const at = text.lastIndexOf('@')
  return at < 0 ? text : `…${text.slice(at)}`
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
