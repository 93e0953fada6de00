import { isIPv4 } from 'node:net'

const form = /^(\[[^\]]*\]|[^:/?#@\\\s[\]]+)$/
const anyHost = '*'

/** A host as patterns name it: `example.com`, `*.example.com`, an address, or `*` for all. */
export class HostPattern {
  /** As the URL parser writes it, without the root dot. */
  readonly host: string
  /** Whether it is an IP address, or `localhost`. */
  readonly literalAddress: boolean
  /** How many of its labels are `*`. */
  readonly wildcards: number
  readonly #labels: readonly string[]

  private constructor(host: string, literalAddress: boolean) {
    this.host = host
    this.literalAddress = literalAddress
    this.#labels = host.split('.')
    this.wildcards = this.#labels.filter((label) => label === '*').length
  }

  /**
   * Undefined for what is no host: with scheme or port, or with `*` elsewhere than as leading labels.
   *
   * @param scheme of the URLs, since the parser spells hosts by it.
   */
  static parse(text: string, scheme: string): HostPattern | undefined {
    const location = `${scheme}://${text}`
    if (!form.test(text) || !URL.canParse(location)) return undefined
    const url = new URL(location)
    const host = hostOf(url)
    const literal = host === 'localhost' || addressOf(url) !== undefined
    const pattern = new HostPattern(host, literal)
    return literal || areLabels(pattern.#labels) ? pattern : undefined
  }

  /** Whether it is `*` alone. */
  get isAny(): boolean {
    return this.host === anyHost
  }

  /**
   * Whether it stands for the URL's host.
   *
   * @param deep whether a leading `*` stands for several labels as well.
   */
  covers(url: URL, deep = false): boolean {
    if (this.isAny) return true
    const host = hostOf(url)
    if (this.literalAddress) return host === this.host
    const labels = host.split('.')
    const more = labels.length - this.#labels.length
    if (more < 0 || (more > 0 && !(deep && this.#labels[0] === '*'))) return false
    return (
      labels.slice(0, more).every((label) => label !== '') &&
      this.#labels.every((label, at) => {
        const other = labels[at + more]
        return label === '*' ? other !== '' : label === other
      })
    )
  }
}

/** The URL's IP address without brackets, or undefined when its host is a name. */
export function addressOf(url: URL): string | undefined {
  const { hostname } = url
  return hostname.startsWith('[') || isIPv4(hostname) ? unbracketed(hostname) : undefined
}

/** The host, already normalised by the URL parser, without the root dot that DNS ignores. */
export function hostOf(url: URL): string {
  return url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname
}

export function unbracketed(host: string): string {
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
