/** Bounds of one plugin. Every one is finite by default. */
export interface Limits {
  /** Sockets that may be open or connecting at a time. Default: 64. */
  readonly sockets: number
  /**
   * Largest message received, in bytes; larger ones close the socket, and so do those above a quarter of the
   * plugin's `memoryBytes`. Default: 16 MiB.
   */
  readonly messageBytes: number
  /** Most frames that a message may come in; more close the socket. Default: 16,384. */
  readonly fragments: number
  /** Most message bytes that may come within a second, over all sockets; more close the one. Default: 4 GiB. */
  readonly bytesPerSecond: number
  /** Most pings that a server may send within a second; more close its socket. Default: 100. */
  readonly pingsPerSecond: number
  /**
   * Sockets that the plugin may open within a minute; reconnecting is not counted. Default: 600, and at
   * least twice `sockets`.
   */
  readonly connectsPerMinute: number
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
  /** Time that a socket may be open without a message in either direction, in milliseconds. Default: 1 day. */
  readonly idleTimeoutMs: number
  /** Time that a connection may be open, in milliseconds. Default: 7 days. */
  readonly lifetimeMs: number
}

export const defaultLimits: Limits = {
  sockets: 64,
  messageBytes: 16 * 2 ** 20,
  fragments: 16_384,
  bytesPerSecond: 4 * 2 ** 30,
  pingsPerSecond: 100,
  connectsPerMinute: 600,
  inboxBytes: 4 * 2 ** 20,
  inboxEvents: 8192,
  sendBufferBytes: 16 * 2 ** 20,
  connectTimeoutMs: 10_000,
  closeTimeoutMs: 2000,
  idleTimeoutMs: 24 * 60 * 60 * 1000,
  lifetimeMs: 7 * 24 * 60 * 60 * 1000,
}

/** Of these `ws` makes 32-bit integers: a fraction, or more than fits, would mean no limit at all. */
const wholeNumbers = ['messageBytes', 'fragments'] as const

/**
 * What of a plugin's memory a message may take: it is there twice, as it came and as what the author gets, and
 * text may be twice as large then.
 */
const messageShare = 1 / 4

/**
 * @param memoryBytes of the plugin: what it could never hold is not received.
 * @throws {TypeError} for a limit that is not a positive, finite number.
 */
export function limitsFrom(set: Partial<Limits>, memoryBytes: number): Limits {
  const limits = withDefaults('sockets', { ...defaultLimits }, set)
  if (set.connectsPerMinute === undefined) {
    limits.connectsPerMinute = Math.max(limits.connectsPerMinute, 2 * limits.sockets)
  }
  for (const name of wholeNumbers) {
    const value = limits[name]
    if (Number.isInteger(value) && value < 2 ** 31) continue
    throw new TypeError(`sockets.${name} must be a whole number below 2 GiB, got ${value}`)
  }
  const most = Math.max(1, Math.floor(memoryBytes * messageShare))
  limits.messageBytes = Math.min(limits.messageBytes, most)
  return limits
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
