/** Bounds of one plugin. Every one is finite by default. */
export interface Limits {
  /** Sockets that may be open or connecting at a time. Default: 64. */
  readonly sockets: number
  /** Largest message received, in bytes; larger ones close the socket. Default: 16 MiB. */
  readonly messageBytes: number
  /** Undelivered data above which the host stops reading from TCP, in bytes. Default: 4 MiB. */
  readonly inboxBytes: number
  /** Undelivered events above which the host stops reading from TCP. Default: 8,192. */
  readonly inboxEvents: number
  /** Data that one socket may hold back for a slow server, in bytes. Default: 16 MiB. */
  readonly sendBufferBytes: number
  /** Time for DNS, TCP, TLS and the opening handshake together, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs: number
  /** Time that a server has to answer a close frame, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs: number
}

export const defaultLimits: Limits = {
  sockets: 64,
  messageBytes: 16 * 2 ** 20,
  inboxBytes: 4 * 2 ** 20,
  inboxEvents: 8192,
  sendBufferBytes: 16 * 2 ** 20,
  connectTimeoutMs: 10_000,
  closeTimeoutMs: 2000,
}

/**
 * The defaults with what the integrator set.
 *
 * @throws {TypeError} for a limit that is not a positive, finite number.
 */
export function limitsFrom(set: Partial<Limits>): Limits {
  const limits: Record<keyof Limits, number> = { ...defaultLimits }
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const value = set[name]
    if (value === undefined) continue
    if (!(value > 0 && Number.isFinite(value))) {
      throw new TypeError(`sockets.${name} must be a positive, finite number, got ${value}`)
    }
    limits[name] = value
  }
  return limits
}
