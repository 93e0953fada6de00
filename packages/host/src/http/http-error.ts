import { EwsError } from '@extism-ws/protocol'

import { connectionError } from '../connection/connection-error.js'

const lost = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])
const badEncoding = /^(Z_|ERR_BROTLI|ERR__|ERR_PADDING)/

/** A URL for messages, which end up in logs: without a query, where secrets are. */
export function placeOf(url: URL): string {
  const place = `${url.origin}${url.pathname}`
  return place.length > 120 ? `${place.slice(0, 120)}…` : place
}

/** What went wrong with a request, from whatever Node, zlib or the policy reported. */
export function httpError(error: Error & { code?: unknown }, url: URL): EwsError {
  if (error instanceof EwsError) return error
  const place = placeOf(url)
  const code = typeof error.code === 'string' ? error.code : ''
  const facts = { cause: error }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new EwsError('EWS_LIMIT', `${place} sent headers above 64 KiB`, facts)
  }
  if (code.startsWith('HPE_')) {
    return new EwsError('EWS_PROTOCOL', `${place} did not answer in HTTP: ${error.message}`, facts)
  }
  if (badEncoding.test(code)) {
    const message = `${place} sent a body that is not in its content-encoding: ${error.message}`
    return new EwsError('EWS_PROTOCOL', message, facts)
  }
  if (lost.has(code)) {
    const message = `the connection to ${place} was lost before the response was complete: ${error.message}`
    return new EwsError('EWS_CONNECT', message, facts)
  }
  return connectionError(error, place)
}
