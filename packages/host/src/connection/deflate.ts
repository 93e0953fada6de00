import type { PerMessageDeflateOptions } from 'ws'

import { checkFields } from '../tls/fields.js'

/**
 * Compression of messages (RFC 7692), as the host offers it to the other side. "Server" and "client" are
 * those of the connection: the host is the client where a plugin connects, and the server of `accept`.
 */
export interface DeflateOptions {
  /** Messages below it are sent as they are, in bytes; 0 compresses all. Default: 1,024. */
  readonly threshold: number
  /** The server is to compress each message without regard to those before. Default: false. */
  readonly serverNoContextTakeover: boolean
  /** The same for the client. Default: false. */
  readonly clientNoContextTakeover: boolean
  /** How far back the server may refer, as a power of 2 from 9 to 15: less takes less memory. Default: 15. */
  readonly serverMaxWindowBits: number
  /** The same for the client. Default: 15. */
  readonly clientMaxWindowBits: number
}

const defaultDeflate: DeflateOptions = {
  threshold: 1024,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}

const option = 'sockets.perMessageDeflate'
const fields = new Set(Object.keys(defaultDeflate) as (keyof DeflateOptions)[])

/**
 * Undefined where nothing is compressed.
 *
 * @throws {TypeError} for what is neither a boolean nor an object, for unknown fields and bad values.
 */
export function deflateFrom(
  set: Partial<DeflateOptions> | boolean | undefined,
): DeflateOptions | undefined {
  if (set === undefined || set === false) return undefined
  if (set === true) return defaultDeflate
  if (typeof set !== 'object') {
    throw new TypeError(`${option} must be true, false or an object, got ${JSON.stringify(set)}`)
  }
  const given = Object.entries(checkFields<Partial<DeflateOptions>>(set, fields, option))
  const known = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const options: DeflateOptions = { ...defaultDeflate, ...known }
  checkWhole('threshold', options.threshold, 0, 2 ** 31 - 1)
  for (const name of ['serverNoContextTakeover', 'clientNoContextTakeover'] as const) {
    const value: unknown = options[name]
    if (typeof value === 'boolean') continue
    throw new TypeError(`${option}.${name} must be true or false, got ${JSON.stringify(value)}`)
  }
  // The RFC knows 8 too, which zlib cannot write.
  checkWhole('serverMaxWindowBits', options.serverMaxWindowBits, 9, 15)
  checkWhole('clientMaxWindowBits', options.clientMaxWindowBits, 9, 15)
  return options
}

function checkWhole(name: keyof DeflateOptions, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  const got = typeof value === 'number' ? value : JSON.stringify(value)
  throw new TypeError(
    `${option}.${name} must be a whole number from ${least} to ${most}, got ${got}`,
  )
}

/** What `ws` may do with zlib at a time. It keeps one count for the process: whoever is first sets it. */
const concurrencyLimit = 10

/** The same for `ws`, which refuses more of the other side the more is said: so what is default is left out. */
export function negotiated(options: DeflateOptions | undefined): PerMessageDeflateOptions | false {
  if (options === undefined) return false
  const said = Object.entries(options).filter(
    ([name, value]) => value !== defaultDeflate[name as keyof DeflateOptions],
  )
  return { ...Object.fromEntries(said), threshold: options.threshold, concurrencyLimit }
}
