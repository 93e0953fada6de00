import { withDefaults } from '../limits.js'

/** Bounds of one plugin's HTTP requests. Every one is finite by default. */
export interface HttpLimits {
  /** Requests that may be under way at a time; 1,024 more wait for them. Default: 16. */
  readonly requests: number
  /** Largest body of a request, and of all that wait together, in bytes. Default: 16 MiB. */
  readonly requestBytes: number
  /** Largest body of a response, in bytes after decompression. Default: 16 MiB. */
  readonly responseBytes: number
  /** Time for a whole request, from DNS to the end of the body, in milliseconds. Default: 30,000. */
  readonly timeoutMs: number
  /** Redirects that one request may follow; 0 for none. Default: 20. */
  readonly redirects: number
}

export const defaultHttpLimits: HttpLimits = {
  requests: 16,
  requestBytes: 16 * 2 ** 20,
  responseBytes: 16 * 2 ** 20,
  timeoutMs: 30_000,
  redirects: 20,
}

/** @throws {TypeError} for a limit that is not a positive, finite number; no redirects are fine. */
export function httpLimitsFrom(set: Partial<HttpLimits>): HttpLimits {
  return withDefaults('http', defaultHttpLimits, set, ['redirects'])
}
