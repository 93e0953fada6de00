import { EwsError } from '@extism-ws/protocol'

import type { Limits } from '../limits.js'
import { tlsError } from '../tls/tls-error.js'

/** What went wrong with a connection, from whatever `ws`, Node or the policy reported. */
export function connectionError(error: Error & { code?: unknown }, url: string): EwsError {
  if (error instanceof EwsError) return error
  const code = typeof error.code === 'string' ? error.code : ''
  const facts = { cause: error }
  const status = /^Unexpected server response: (\d+)/.exec(error.message)?.[1]
  if (status !== undefined) {
    const message = `${url} answered the opening handshake with HTTP status ${status}, not 101`
    return new EwsError('EWS_HANDSHAKE', message, { ...facts, status: Number(status) })
  }
  if (error.message === 'Opening handshake has timed out') {
    return new EwsError('EWS_TIMEOUT', `${url} did not answer the opening handshake in time`, facts)
  }
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    const bounds = "sockets.messageBytes, or a quarter of the plugin's memoryBytes"
    return new EwsError('EWS_LIMIT', `${url} sent a message above ${bounds}`, facts)
  }
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') {
    return new EwsError(
      'EWS_LIMIT',
      `${url} sent a message in more fragments than sockets.fragments allows`,
      facts,
    )
  }
  if (code.startsWith('WS_ERR_')) {
    return new EwsError('EWS_PROTOCOL', `${url} broke the protocol: ${error.message}`, facts)
  }
  // Of zlib, which tells what is wrong with the data that the other side compressed.
  if (code.startsWith('Z_')) {
    const message = `${url} broke the protocol: what it compressed cannot be decompressed: ${error.message}`
    return new EwsError('EWS_PROTOCOL', message, facts)
  }
  const insecure = tlsError(error, url)
  if (insecure !== undefined) return insecure
  // A name with several addresses fails with one error per address and an empty message.
  const why =
    error.message === '' && error instanceof AggregateError
      ? String(error.errors[0])
      : error.message
  return new EwsError('EWS_CONNECT', `cannot connect to ${url}: ${why}`, facts)
}

/** The opening handshake took too long. */
export function lateError(url: string, { connectTimeoutMs }: Limits): EwsError {
  return new EwsError(
    'EWS_TIMEOUT',
    `${url} did not answer the opening handshake in time (sockets.connectTimeoutMs: ${connectTimeoutMs})`,
  )
}

/** More came than there may be. */
export function refusedError(url: string, why: string): EwsError {
  return new EwsError('EWS_LIMIT', `${url}: ${why}; the connection is closed`)
}

/** @param what it was that nobody answered. */
export function deadError(url: string, timeoutMs: number, what: string): EwsError {
  const message = `${url} did not answer ${what} within ${timeoutMs} ms: the connection is given up`
  return new EwsError('EWS_TIMEOUT', message)
}

/** The connection has lasted as long as it may. */
export function overError(
  url: string,
  limit: 'idleTimeoutMs' | 'lifetimeMs',
  limits: Limits,
): EwsError {
  const bound = limits[limit]
  const what =
    limit === 'lifetimeMs' ? `was open for ${bound} ms` : `had no message for ${bound} ms`
  const message = `the connection to ${url} ${what} (sockets.${limit}) and is closed`
  return new EwsError('EWS_LIMIT', message)
}
