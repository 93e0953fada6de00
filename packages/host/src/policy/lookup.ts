import type { LookupAddress, LookupAllOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { EwsError } from '@extism-ws/protocol'
import type { Family } from './family.js'
import type { Rule } from './rule.js'

/** Resolves a name to all its addresses, as `dns.lookup` does with `all: true`. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * A `lookup` for `net.connect` that hands out only addresses which `rule` permits. The checked
 * answer is the one connected to: nothing resolves the name again.
 *
 * Fails with `EWS_DENIED` for a refused address and `EWS_CONNECT` for a name without address.
 */
export function checkedLookup(
  rule: Rule,
  resolve: Resolve,
  { option }: Pick<Family, 'option'>,
): LookupFunction {
  return (hostname, options, callback) => {
    // All addresses are asked for even when the caller wants one, since all are judged.
    resolve(hostname, { ...options, all: true }, (cause, addresses) => {
      if (cause) return callback(unresolved(hostname, cause.message, { cause }), [])
      const [first] = addresses
      if (first === undefined) return callback(unresolved(hostname, 'no address'), [])
      // One refused address refuses the answer: a name that mixes public and private addresses is
      // misconfigured or hostile, and dropping the private ones would only hide it.
      const refused = addresses.find(({ address }) => !rule.permits(address))
      if (refused !== undefined)
        return callback(denied(rule, hostname, refused.address, option), [])
      // Node asks for all when it races address families (RFC 8305), else for one.
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function unresolved(hostname: string, reason: string, facts?: { cause: unknown }): EwsError {
  const message = `cannot resolve ${JSON.stringify(hostname)}: ${reason}`
  return new EwsError('EWS_CONNECT', message, facts)
}

function denied(rule: Rule, hostname: string, address: string, option: string): EwsError {
  const what = rule.literalAddress ? 'which its rule does not name' : 'which is not public'
  return new EwsError(
    'EWS_DENIED',
    `${JSON.stringify(hostname)} resolves to ${address}, ${what} (rule ` +
      `${JSON.stringify(rule.pattern)}); to reach a private server, connect to its address and ` +
      `name that address in \`${option}\``,
  )
}
