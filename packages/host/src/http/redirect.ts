import { EwsError, type HttpHeader, type HttpRequest } from '@extism-ws/protocol'

import { isCredential } from '../policy/index.js'

/** One request on the wire; a request that follows redirects makes several. */
export type Hop = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** Headers that describe a body (WHATWG Fetch, "request-body-header name"). */
const bodyHeaders = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
])

/**
 * Where a response sends its client, or undefined when it is no redirect.
 *
 * @throws {EwsError} `EWS_PROTOCOL` when that is not a URL.
 */
export function redirectTarget(
  status: number,
  location: string | undefined,
  from: URL,
): URL | undefined {
  if (location === undefined || !redirectStatuses.has(status)) return undefined
  if (URL.canParse(location, from)) return new URL(location, from)
  const shown = JSON.stringify(location.slice(0, 120))
  const message = `${from.origin}${from.pathname} redirects to ${shown}, which is not a URL`
  throw new EwsError('EWS_PROTOCOL', message)
}

/** The request that follows a redirect (WHATWG Fetch, "HTTP-redirect fetch", steps 11 to 14). */
export function followRedirect(hop: Hop, status: number, from: URL, to: URL): Hop {
  const becomesGet =
    (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD') ||
    ((status === 301 || status === 302) && hop.method === 'POST')
  const sameOrigin = from.origin === to.origin
  const isKept = ([name]: HttpHeader): boolean => {
    const key = name.toLowerCase()
    return !(becomesGet && bodyHeaders.has(key)) && (sameOrigin || !isCredential(key))
  }
  return {
    method: becomesGet ? 'GET' : hop.method,
    url: to.href,
    headers: hop.headers.filter(isKept),
    body: becomesGet ? new Uint8Array(0) : hop.body,
  }
}
