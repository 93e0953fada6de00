import { isIPv4 } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './address.js'
import type { Family } from './family.js'

const patternForm = /^([a-z]+):\/\/(\[[^\]]*\]|[^:/?#@\\\s[\]]+)(?::(\d+|\*))?$/i
const hostForm = /^(\[[^\]]*\]|[^:/?#@\\\s[\]]+)$/
const anyPort = undefined

/** One pattern of an allow list, such as `wss://*.example.com:8443`. */
export class Rule {
  /** The pattern as the integrator wrote it. */
  readonly pattern: string
  /** Whether the pattern's host is an IP address, or `localhost`. */
  readonly literalAddress: boolean
  readonly #schemes: readonly string[]
  readonly #host: string
  readonly #labels: readonly string[]
  readonly #port: number | undefined
  /** Whether a leading `*` stands for several labels as well. */
  readonly #deep: boolean

  private constructor(
    pattern: string,
    url: URL,
    covered: { schemes: readonly string[]; port: number | undefined; deep: boolean },
  ) {
    this.pattern = pattern
    this.#host = hostOf(url)
    this.#labels = this.#host.split('.')
    this.#schemes = covered.schemes
    this.#port = covered.port
    this.#deep = covered.deep
    this.literalAddress = this.#host === 'localhost' || addressOf(url) !== undefined
  }

  /**
   * @param pattern `ws://host` or `wss://host` (`http://`, `https://`), then optionally `:port` or
   *   `:*` (any port). Default port: 80 or 443. `*` stands for one leading label
   *   (`*.example.com`), or alone for every name and every public address.
   * @throws {TypeError} on anything else, path, query, userinfo and fragment included.
   */
  static parse(pattern: string, family: Family): Rule {
    const [, scheme = '', host, port] = patternForm.exec(pattern) ?? []
    const known = [family.plain, family.secure].some((each) => each === scheme.toLowerCase())
    const url = known && host !== undefined ? locate(scheme, host, port) : undefined
    if (url === undefined) throw malformed(pattern, family)
    const rule = new Rule(pattern, url, {
      schemes: [url.protocol],
      port: port === '*' ? anyPort : portOf(url),
      deep: false,
    })
    if (!rule.#isWellFormed()) throw malformed(pattern, family)
    return rule
  }

  /**
   * A rule for a host of an Extism manifest's `allowedHosts`: any port, with and without TLS, and
   * as in Extism `*.example.com` covers `a.b.example.com` too.
   *
   * @throws {TypeError} for a glob that is neither a host, `*`, nor `*.` before a name.
   */
  static ofHost(glob: string, family: Family): Rule {
    const { secure, plain } = family
    const url = hostForm.test(glob) ? locate(secure, glob, '*') : undefined
    if (url === undefined) throw malformedHost(glob)
    const schemes = [`${secure}:`, `${plain}:`]
    const rule = new Rule(glob, url, { schemes, port: anyPort, deep: true })
    if (!rule.#isWellFormed()) throw malformedHost(glob)
    return rule
  }

  /** Whether this rule names the URL's scheme, host and port. */
  covers(url: URL): boolean {
    if (!this.#schemes.includes(url.protocol)) return false
    if (this.#port !== undefined && portOf(url) !== this.#port) return false
    const host = hostOf(url)
    if (this.#host === '*') {
      const address = addressOf(url)
      return address === undefined || isPublicAddress(address)
    }
    if (this.literalAddress) return host === this.#host
    const labels = host.split('.')
    const more = labels.length - this.#labels.length
    if (more < 0 || (more > 0 && !(this.#deep && this.#labels[0] === '*'))) return false
    return (
      labels.slice(0, more).every((label) => label !== '') &&
      this.#labels.every((label, at) => {
        const other = labels[at + more]
        return label === '*' ? other !== '' : label === other
      })
    )
  }

  /** Whether a host that this rule covers may turn out to have that IP address. */
  permits(address: string): boolean {
    if (this.#host === 'localhost') return isLoopbackAddress(address)
    if (this.literalAddress) return address === unbracketed(this.#host)
    return isPublicAddress(address)
  }

  #isWellFormed(): boolean {
    return this.literalAddress || areLabels(this.#labels)
  }
}

/** The URL's IP address without brackets, or undefined when its host is a name. */
export function addressOf(url: URL): string | undefined {
  const { hostname } = url
  return hostname.startsWith('[') || isIPv4(hostname) ? unbracketed(hostname) : undefined
}

/** The URL's port, with the default of its scheme (RFC 6455 §3, RFC 9110 §4.2) filled in. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'wss:' || url.protocol === 'https:' ? 443 : 80
}

/** The host, already normalised by the URL parser, without the root dot that DNS ignores. */
function hostOf(url: URL): string {
  return url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

/** Wildcards are whole labels at the front; something fixed follows, unless it is a lone `*`. */
function areLabels(labels: readonly string[]): boolean {
  const fixed = labels.slice(labels.findLastIndex((label) => label === '*') + 1)
  const wild = labels.slice(0, labels.length - fixed.length)
  if (fixed.length === 0) return wild.length === 1
  return (
    wild.every((label) => label === '*') &&
    fixed.every((label) => label !== '' && !label.includes('*'))
  )
}

function locate(scheme: string, host: string, port: string | undefined): URL | undefined {
  const location = `${scheme}://${host}${port === undefined || port === '*' ? '' : `:${port}`}`
  return URL.canParse(location) ? new URL(location) : undefined
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
