import type { ConnectRequest } from '@extism-ws/protocol'
import type { ClientOptions } from 'ws'

import type { Target } from '../connection/dial.js'
import type { CheckedRequest, Policy, PreparedRequest } from '../policy/index.js'
import type { Tls } from '../tls/index.js'

/** Finds out where attempts to connect go. */
export class Targets {
  readonly #policy: Policy
  readonly #tls: Tls

  constructor(policy: Policy, tls: Tls) {
    this.#policy = policy
    this.#tls = tls
  }

  /**
   * Only a promise where the integrator has to be asked.
   *
   * @param attempt 0 is the first, the n-th is the n-th to reconnect.
   */
  find(
    asked: ConnectRequest,
    checked: CheckedRequest,
    attempt: number,
    signal: AbortSignal,
  ): Target | Promise<Target> {
    const policy = this.#policy
    const { headers = {} } = asked
    if (!policy.asks) return this.#target({ ...checked, headers })
    return policy.resolve(asked, checked, attempt, signal).then((found) => this.#target(found))
  }

  #target({ url, rule, headers }: PreparedRequest): Target {
    const key = (): string =>
      JSON.stringify([url.href, entriesOf(headers), rule.literalAddress, this.#tls.key])
    return { url, headers, lookup: this.#policy.lookupFor(rule), tls: this.#tlsFor(url), key }
  }

  /** `ws` passes them on to tls.connect; its types have an older `checkServerIdentity`. */
  #tlsFor(url: URL): ClientOptions {
    const options: object = this.#tls.optionsFor(url)
    return options
  }
}

function entriesOf(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
