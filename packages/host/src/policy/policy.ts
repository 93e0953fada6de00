import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { EwsError, type ConnectRequest } from '@extism-ws/protocol'

import type { Log } from '../log.js'
import { isPublicAddress } from './address.js'
import { AllowList } from './allow-list.js'
import { attemptOf, Faults } from './attempt.js'
import { askWhetherAllowed, type Authorize } from './authorize.js'
import { webSockets, type Family } from './family.js'
import { findForbiddenHeader, withHeaders, type GuestHeaders } from './header.js'
import { addressOf } from './host-pattern.js'
import { checkedLookup, type Resolve } from './lookup.js'
import { originOf, quoted } from './place.js'
import { askForPreparation, type Prepare } from './prepare.js'
import { portOf, type Rule } from './rule.js'

/** What an integrator lets plugins reach. */
export interface PolicyOptions {
  /**
   * Patterns such as `wss://*.example.com` or `https://*.example.com`; see {@link Rule.parse}. An
   * empty list allows nothing.
   */
  readonly allow: readonly string[]
  /**
   * Hosts that may be reached as in an Extism manifest: `example.com`, `*.example.com` (any depth), `*`;
   * on any port but those of other protocols (Fetch standard, "bad port"). For sockets with TLS only,
   * for HTTP requests with and without. Default: none.
   */
  readonly allowedHosts?: readonly string[]
  /** Whether guests may send `Cookie` and `Authorization`. Default: false. */
  readonly allowCredentialHeaders?: boolean
}

/** What of it is for sockets only. */
export interface SocketPolicyOptions extends PolicyOptions {
  /**
   * Asked before each connection and each reconnect that the list covers, so it can only narrow the list. `true` lets it
   * through; `false`, a string (the reason, which the plugin gets), and whatever is thrown refuse it
   * with `EWS_DENIED`. Without an answer within `connectTimeoutMs`: `EWS_TIMEOUT`. Default: none.
   */
  readonly authorize?: Authorize
  /**
   * Gives each connection and each reconnect another URL or headers that the plugin never sees, such as fresh tokens.
   * The list must cover that URL too. What it throws is `EWS_CONNECT` to the plugin, and is logged; what
   * it may not answer is `EWS_DENIED`; without an answer within `connectTimeoutMs`: `EWS_TIMEOUT`.
   * Default: none.
   */
  readonly prepare?: Prepare
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

/** A request that the integrator's functions have seen. */
export interface PreparedRequest extends CheckedRequest {
  /** The guest's headers with the integrator's. Like the URL, nothing that the guest may see. */
  readonly headers: Readonly<Record<string, string>>
}

const silent = { error: () => {}, debug: () => {} }

/** Decides which connections a guest gets. Deny by default. */
export class Policy {
  readonly #family: Family
  readonly #allowList: AllowList
  readonly #allowCredentials: boolean
  readonly #authorize: Authorize | undefined
  readonly #prepare: Prepare | undefined
  readonly #resolve: Resolve
  readonly #faults: Faults

  /**
   * @param resolve Default: `dns.lookup`.
   * @param log for what goes wrong in the integrator's functions.
   * @throws {TypeError} for a malformed pattern, and for what should be a function and is none.
   */
  constructor(
    options: SocketPolicyOptions,
    resolve: Resolve = lookup,
    family: Family = webSockets,
    log: Pick<Log, 'error' | 'debug'> = silent,
  ) {
    this.#family = family
    this.#allowList = new AllowList(options.allow, family, options.allowedHosts)
    this.#allowCredentials = options.allowCredentialHeaders ?? false
    this.#resolve = resolve
    this.#authorize = checkFunction(options.authorize, 'authorize', family)
    this.#prepare = checkFunction(options.prepare, 'prepare', family)
    this.#faults = new Faults(log)
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
    return this.#check(request, this.#allowCredentials)
  }

  /** Whether the integrator has functions to ask: then a connection needs {@link resolve} as well. */
  get asks(): boolean {
    return this.#authorize !== undefined || this.#prepare !== undefined
  }

  /**
   * Asks the integrator's functions about a request that has passed {@link check}: anew for each attempt.
   *
   * @param number 0 for the first attempt, n for the n-th reconnect.
   * @param signal ends the wait: with its reason if that is an `EwsError`, with `EWS_TIMEOUT` for a
   *   `TimeoutError` as of `AbortSignal.timeout`, else with `EWS_CLOSED`.
   * @throws {EwsError} that, `EWS_DENIED`, or `EWS_CONNECT` when `prepare` throws.
   */
  async resolve(
    asked: ConnectRequest,
    { url, rule }: CheckedRequest,
    number: number,
    signal: AbortSignal,
  ): Promise<PreparedRequest> {
    const attempt = () => attemptOf(asked, url, number, signal)
    if (this.#authorize !== undefined) {
      await askWhetherAllowed(this.#authorize, attempt(), this.#faults)
    }
    const { headers = {} } = asked
    if (this.#prepare === undefined) return { url, rule, headers }
    return askForPreparation(this.#prepare, attempt(), this.#faults, (prepared) => {
      const all = withHeaders(headers, prepared.headers ?? {})
      // The integrator's own: credentials are theirs to send.
      const wanted = { url: String(prepared.url ?? url), headers: all }
      return { ...this.#check(wanted, true), headers: all }
    })
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

  #check({ url: text, headers = [] }: GuestRequest, allowCredentials: boolean): CheckedRequest {
    const url = parse(text, this.#family)
    const rule = this.#allowList.find(url)
    if (rule === undefined) throw this.#denied(url)
    const header = findForbiddenHeader(headers, { allowCredentials }, this.#family)
    if (header !== undefined) {
      throw new EwsError(
        'EWS_DENIED',
        `header ${quoted(header)} may not be sent, or is malformed; leave it out` +
          ' (`Cookie` and `Authorization` need the host to allow credential headers)',
      )
    }
    return { url, rule }
  }

  #denied(url: URL): EwsError {
    const address = addressOf(url)
    const shunned = this.#allowList.findShunned(url)
    let note = ''
    if (shunned !== undefined) {
      note = ` (port ${portOf(url)} is another protocol's and must be named, ${quoted(shunned.pattern)} does not cover it)`
    } else if (address !== undefined && !isPublicAddress(address)) {
      note = ' (an address that is not public must be named as it is, * does not cover it)'
    }
    return new EwsError(
      'EWS_DENIED',
      `${quoted(originOf(url))} is not on the allow list: ${this.#allowList.describe()}; ` +
        `the integrator can add it to \`${this.#family.option}\`${note}`,
    )
  }
}

/** Not ignored where it is none: a policy that nobody asks lets everything through. */
function checkFunction<Run>(run: Run, name: string, family: Family): Run {
  if (run === undefined) return run
  if (family !== webSockets) {
    throw new TypeError(`${name} is for sockets, HTTP requests have none: set \`sockets.${name}\``)
  }
  if (typeof run !== 'function') {
    throw new TypeError(`sockets.${name} must be a function, got ${typeof run}`)
  }
  return run
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
    throw bad(`the URL for ${quoted(originOf(url))} has a user name or password: use headers`)
  }
  // Not `url.hash`: that is empty for a bare '#' too.
  if (!fragments && url.href.includes('#')) {
    throw bad(`the URL for ${quoted(originOf(url))} has a fragment (${quoted(url.hash || '#')})`)
  }
  url.hash = ''
  return url
}

/** A URL that cannot be parsed may hold a password all the same; messages end up in logs. */
function withoutUserinfo(text: string): string {
  const at = text.lastIndexOf('@')
  return at < 0 ? text : `…${text.slice(at)}`
}
