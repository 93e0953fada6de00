import { domException } from '../web-idl.js'

/** RFC 6455 §4.1 and RFC 2616: a token. */
const token = /^[!#$%&'*+\-.^_`|~\w]+$/

/** @throws {DOMException} `SyntaxError` for subprotocols that repeat or are not tokens. */
export function checkSubprotocols(protocols: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of protocols) {
    if (!token.test(name)) {
      throw domException(`subprotocol "${name}" is not a token`, 'SyntaxError')
    }
    // Without case, as browsers and the Web Platform Tests have it.
    const folded = name.toLowerCase()
    if (seen.has(folded)) throw domException(`subprotocol "${name}" is repeated`, 'SyntaxError')
    seen.add(folded)
  }
}
