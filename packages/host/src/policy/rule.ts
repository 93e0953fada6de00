import { isLoopbackAddress, isPublicAddress } from './address.js'
import type { Family } from './family.js'
import { addressOf, HostPattern, unbracketed } from './host-pattern.js'
import { isBadPort } from './port.js'

const patternForm = /^([a-z]+):\/\/(.+?)(?::(\d+|\*))?$/i
const anyPort = undefined

/** What a rule covers. */
interface Cover {
  /** With the colon. */
  readonly schemes: readonly string[]
  readonly host: HostPattern
  readonly port: number | undefined
  /** Whether a leading `*` stands for several labels as well. */
  readonly deep: boolean
}

/** One pattern of an allow list, such as `wss://*.example.com:8443`. */
export class Rule {
  /** The pattern as the integrator wrote it. */
  readonly pattern: string
  /** Whether the pattern's host is an IP address, or `localhost`. */
  readonly literalAddress: boolean
  readonly #cover: Cover

  private constructor(pattern: string, cover: Cover) {
    this.pattern = pattern
    this.literalAddress = cover.host.literalAddress
    this.#cover = cover
  }

  /**
   * @param pattern `ws://host` or `wss://host` (`http://`, `https://`), then optionally `:port` or
   *   `:*` (any port but those of other protocols, see `port.ts`). Default port: 80 or 443. `*` stands
   *   for one leading label (`*.example.com`), or alone for every name and every public address.
   * @throws {TypeError} on anything else, path, query, userinfo and fragment included.
   */
  static parse(pattern: string, family: Family): Rule {
    const [, written = '', text = '', port] = patternForm.exec(pattern) ?? []
    const scheme = written.toLowerCase()
    const known = scheme === family.plain || scheme === family.secure
    const host = known ? HostPattern.parse(text, scheme) : undefined
    if (host === undefined || Number(port) > 65_535) throw malformed(pattern, family)
    const number = port === undefined ? defaultPort(`${scheme}:`) : Number(port)
    const schemes = [`${scheme}:`]
    return new Rule(pattern, { schemes, host, port: port === '*' ? anyPort : number, deep: false })
  }

  /**
   * A rule for a host of an Extism manifest's `allowedHosts`: any port but those of other protocols, the
   * schemes that the family has for it, and as in Extism `*.example.com` covers `a.b.example.com` too.
   *
   * @throws {TypeError} for a glob that is neither a host, `*`, nor `*.` before a name.
   */
  static ofHost(glob: string, family: Family): Rule {
    const host = HostPattern.parse(glob, family.secure)
    if (host === undefined) throw malformedHost(glob)
    const schemes = family.hostSchemes.map((scheme) => `${scheme}:`)
    return new Rule(glob, { schemes, host, port: anyPort, deep: true })
  }

  /** Whether this rule names the URL's scheme, host and port. */
  covers(url: URL): boolean {
    return this.#coversPlace(url) && (this.#cover.port !== anyPort || !isBadPort(portOf(url)))
  }

  /** Whether it would cover the URL, had it not the port of another protocol. */
  shunsPortOf(url: URL): boolean {
    return this.#coversPlace(url) && !this.covers(url)
  }

  /** Whether a host that this rule covers may turn out to have that IP address. */
  permits(address: string): boolean {
    const { host } = this.#cover.host
    if (host === 'localhost') return isLoopbackAddress(address)
    if (this.literalAddress) return address === unbracketed(host)
    return isPublicAddress(address)
  }

  #coversPlace(url: URL): boolean {
    const { schemes, host, port, deep } = this.#cover
    if (!schemes.includes(url.protocol)) return false
    if (port !== anyPort && portOf(url) !== port) return false
    if (!host.covers(url, deep)) return false
    const address = addressOf(url)
    return !host.isAny || address === undefined || isPublicAddress(address)
  }
}

/** The URL's port, with the default of its scheme (RFC 6455 §3, RFC 9110 §4.2) filled in. */
export function portOf(url: URL): number {
  return url.port === '' ? defaultPort(url.protocol) : Number(url.port)
}

function defaultPort(protocol: string): number {
  return protocol === 'wss:' || protocol === 'https:' ? 443 : 80
}

function malformed(pattern: string, { option, secure, plain }: Family): TypeError {
  return new TypeError(
    `${option}: ${JSON.stringify(pattern)} is not a pattern; expected "${secure}://host" or ` +
      `"${plain}://host", optionally with ":port" or ":*", where * may stand for leading labels ` +
      `("${secure}://*.example.com") or the whole host, and no path, query, userinfo or fragment`,
  )
}

function malformedHost(glob: string): TypeError {
  return new TypeError(
    `allowedHosts: ${JSON.stringify(glob)} is not a host; expected a name or an address without ` +
      'scheme and port, "*" before a name ("*.example.com"), or "*" alone',
  )
}
