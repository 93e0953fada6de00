import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { EwsError } from '@extism-ws/protocol'
import { isPublicAddress } from './address.js'
import { AllowList } from './allow-list.js'
import { webSockets, type Family } from './family.js'
import { findForbiddenHeader, type GuestHeaders } from './header.js'
import { checkedLookup, type Resolve } from './lookup.js'
import { addressOf, portOf, type Rule } from './rule.js'

/** What an integrator lets plugins reach. */
export interface PolicyOptions {
  /**
   * Patterns such as `wss://*.example.com` or `https://*.example.com`; see {@link Rule.parse}. An
   * empty list allows nothing.
   */
  readonly allow: readonly string[]
  /** Whether guests may send `Cookie` and `Authorization`. Default: false. */
  readonly allowCredentialHeaders?: boolean
}

/** The same for HTTP, which Extism's manifests have a list for. */
export interface HttpPolicyOptions extends PolicyOptions {
  /**
   * Hosts that may be reached on any port, with and without TLS, as in an Extism manifest:
   * `example.com`, `*.example.com` (any depth), `*`. Default: none.
   */
  readonly allowedHosts?: readonly string[]
}

/** What a guest wants to reach, and with which headers. */
interface GuestRequest {
  readonly url: string
  readonly headers?: GuestHeaders
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
  readonly #family: Family
  readonly #allowList: AllowList
  readonly #allowCredentials: boolean
  readonly #resolve: Resolve

  /**
   * @param resolve Default: `dns.lookup`.
   * @throws {TypeError} for a malformed pattern.
   */
  constructor(options: HttpPolicyOptions, resolve: Resolve = lookup, family: Family = webSockets) {
    this.#family = family
    this.#allowList = new AllowList(options.allow, family, options.allowedHosts)
    this.#allowCredentials = options.allowCredentialHeaders ?? false
    this.#resolve = resolve
  }

  /**
   * Parses the URL and checks it and the headers.
   *
   * For a host that is a name, half the check: connect with {@link lookupFor}, which does the rest.
   *
   * @throws {EwsError} `EWS_BAD_URL` for a URL that is none of the family (RFC 6455 §3, RFC 9110
   *   §4.2), `EWS_DENIED` for one that is not on the list, and for a forbidden header.
   */
  check(request: GuestRequest): CheckedRequest {
    const url = parse(request.url, this.#family)
    const rule = this.#allowList.find(url)
    if (rule === undefined) throw this.#denied(url)
    const options = { allowCredentials: this.#allowCredentials }
    const header = findForbiddenHeader(request.headers ?? [], options, this.#family)
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
    return checkedLookup(rule, this.#resolve, this.#family)
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
        `the integrator can add it to \`${this.#family.option}\`${note}`,
    )
  }
}

function parse(text: string, family: Family): URL {
  const { plain, secure, purpose, fragments } = family
  const bad = (problem: string): EwsError => {
    const wanted = `pass a ${plain}:// or ${secure}:// URL${fragments ? '' : ' without a fragment'}`
    return new EwsError('EWS_BAD_URL', `${problem}; ${wanted}`)
  }
  if (!URL.canParse(text)) {
    throw bad(`${quoted(withoutUserinfo(text))} is not an absolute URL`)
  }
  const url = new URL(text)
  if (url.protocol !== `${plain}:` && url.protocol !== `${secure}:`) {
    throw bad(`scheme ${quoted(url.protocol)} is not for ${purpose}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw bad(`the URL for ${quoted(origin(url))} has a user name or password: use headers`)
  }
  // Not `url.hash`: that is empty for a bare '#' too.
  if (!fragments && url.href.includes('#')) {
    throw bad(`the URL for ${quoted(origin(url))} has a fragment (${quoted(url.hash || '#')})`)
  }
  url.hash = ''
  return url
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
