import { isIPv4 } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './address.js'

const patternForm = /^(wss?):\/\/(\[[^\]]*\]|[^:/?#@\\\s[\]]+)(?::(\d+|\*))?$/i

/** One pattern of the allow list, such as `wss://*.example.com:8443`. */
export class Rule {
  /** The pattern as the integrator wrote it. */
  readonly pattern: string
  /** Whether the pattern's host is an IP address, or `localhost`. */
  readonly literalAddress: boolean
  readonly #scheme: string
  readonly #host: string
  readonly #labels: readonly string[]
  /** Undefined for any port. */
  readonly #port: number | undefined

  /**
   * @param pattern `ws://host` or `wss://host`, then optionally `:port` or `:*` (any port).
   *   Default port: 80 or 443. `*` stands for one leading label (`*.example.com`), or alone for
   *   every name and every public address.
   * @throws {TypeError} on anything else, path, query, userinfo and fragment included.
   */
  constructor(pattern: string) {
    const [, scheme, host, port] = patternForm.exec(pattern) ?? []
    if (scheme === undefined || host === undefined) throw malformed(pattern)
    const location = `${scheme}://${host}${port === undefined || port === '*' ? '' : `:${port}`}`
    if (!URL.canParse(location)) throw malformed(pattern)
    const url = new URL(location)

    this.pattern = pattern
    this.#scheme = url.protocol
    this.#host = hostOf(url)
    this.#labels = this.#host.split('.')
    this.#port = port === '*' ? undefined : portOf(url)
    this.literalAddress = this.#host === 'localhost' || addressOf(url) !== undefined
    if (!this.literalAddress && !areLabels(this.#labels)) throw malformed(pattern)
  }

  /** Whether this rule names the URL's scheme, host and port. */
  covers(url: URL): boolean {
    if (url.protocol !== this.#scheme) return false
    if (this.#port !== undefined && portOf(url) !== this.#port) return false
    const host = hostOf(url)
    if (this.#host === '*') {
      const address = addressOf(url)
      return address === undefined || isPublicAddress(address)
    }
    if (this.literalAddress) return host === this.#host
    const labels = host.split('.')
    return (
      labels.length === this.#labels.length &&
      this.#labels.every((label, at) => (label === '*' ? labels[at] !== '' : label === labels[at]))
    )
  }

  /** Whether a host that this rule covers may turn out to have that IP address. */
  permits(address: string): boolean {
    if (this.#host === 'localhost') return isLoopbackAddress(address)
    if (this.literalAddress) return address === unbracketed(this.#host)
    return isPublicAddress(address)
  }
}

/** The URL's IP address without brackets, or undefined when its host is a name. */
export function addressOf(url: URL): string | undefined {
  const { hostname } = url
  return hostname.startsWith('[') || isIPv4(hostname) ? unbracketed(hostname) : undefined
}

/** The URL's port, with the default of `ws:` and `wss:` (RFC 6455 §3) filled in. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'wss:' ? 443 : 80
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

function malformed(pattern: string): TypeError {
  return new TypeError(
    `sockets.allow: ${JSON.stringify(pattern)} is not a pattern; expected "wss://host" or ` +
      '"ws://host", optionally with ":port" or ":*", where * may stand for leading labels ' +
      '("wss://*.example.com") or the whole host, and no path, query, userinfo or fragment',
  )
}
