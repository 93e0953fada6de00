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

/** @throws {TypeError} for a limit that is not a positive, finite number. */
export function limitsFrom(set: Partial<Limits>): Limits {
  return withDefaults('sockets', defaultLimits, set)
}

/**
 * The defaults with what the integrator set.
 *
 * @param option where the limits stand, for the error.
 * @param mayBeZero the limits of which none at all makes sense.
 * @throws {TypeError} for a limit that is not a positive, finite number.
 */
export function withDefaults<Name extends string>(
  option: string,
  defaults: Readonly<Record<Name, number>>,
  set: Partial<Readonly<Record<NoInfer<Name>, number>>>,
  mayBeZero: readonly NoInfer<Name>[] = [],
): Record<Name, number> {
  const limits: Record<Name, number> = { ...defaults }
  for (const name of Object.keys(defaults) as Name[]) {
    const value: number | undefined = set[name]
    if (value === undefined) continue
    const fine = value > 0 || (value === 0 && mayBeZero.includes(name))
    if (!(fine && Number.isFinite(value))) {
      throw new TypeError(`${option}.${name} must be a positive, finite number, got ${value}`)
    }
    limits[name] = value
  }
  return limits
}
