import { webSockets, type Family } from './family.js'
import { Rule } from './rule.js'

/** The URLs that plugins may ask for. An empty list allows none. */
export class AllowList {
  /** The patterns in the integrator's order. */
  readonly patterns: readonly string[]
  readonly #rules: readonly Rule[]

  /**
   * @param patterns See {@link Rule.parse} for their form.
   * @param hosts Hosts of an Extism manifest, see {@link Rule.ofHost}.
   * @throws {TypeError} naming the first malformed pattern.
   */
  constructor(
    patterns: readonly string[],
    family: Family = webSockets,
    hosts: readonly string[] = [],
  ) {
    this.patterns = [...patterns, ...hosts]
    const rules = [
      ...patterns.map((pattern) => Rule.parse(pattern, family)),
      ...hosts.map((host) => Rule.ofHost(host, family)),
    ]
    // Literal rules first: beside 'ws://*', 'ws://localhost' must still open loopback.
    this.#rules = [
      ...rules.filter((rule) => rule.literalAddress),
      ...rules.filter((rule) => !rule.literalAddress),
    ]
  }

  /** The rule that covers the URL's scheme, host and port, after WHATWG URL normalisation. */
  find(url: URL): Rule | undefined {
    return this.#rules.find((rule) => rule.covers(url))
  }

  /** The rule that would cover the URL, but for its port, which is that of another protocol. */
  findShunned(url: URL): Rule | undefined {
    return this.#rules.find((rule) => rule.shunsPortOf(url))
  }

  /** The first five patterns, quoted, for error messages. */
  describe(): string {
    if (this.patterns.length === 0) return 'the list is empty'
    const shown = this.patterns.slice(0, 5).map((pattern) => JSON.stringify(pattern))
    const rest = this.patterns.length - shown.length
    return `the list has ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  }
}
