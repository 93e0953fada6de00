import { createHash } from 'node:crypto'
import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
} from 'node:tls'
import { EwsError } from '@extism-ws/protocol'

import type { Log } from '../log.js'
import { hostOf, originOf } from '../policy/index.js'
import { certificatesIn } from './certificates.js'
import { checkFields, checkObject } from './fields.js'
import type { TlsOptions } from './options.js'
import { fingerprintsOf } from './pin.js'
import { minVersion, TlsServer } from './server.js'

const known = new Set<keyof TlsOptions>(['ca', 'servers'])

/** Whom the sockets of a plugin trust, and as whom they come. Certificates are verified. */
export class Tls {
  /** Those that say most of their place first. */
  readonly #servers: readonly TlsServer[]
  readonly #context: SecureContext | undefined
  readonly #options: TlsOptions
  #key: string | undefined

  /** @throws {TypeError} naming the option, for what is wrong or contradicts itself. */
  constructor(options: TlsOptions = {}, log: Pick<Log, 'warn'> = { warn: () => {} }) {
    this.#options = options
    const { ca, servers = {} } = checkFields<TlsOptions>(options, known, 'sockets.tls')
    const trusted = ca === undefined ? undefined : certificatesIn(ca, 'sockets.tls.ca')
    this.#context = trusted && createSecureContext({ ca: trusted, minVersion })
    this.#servers = Object.entries(checkObject(servers, 'sockets.tls.servers'))
      .map(([key, set]) => new TlsServer(key, set, trusted))
      .toSorted((one, other) => one.compare(other))
    checkDoubles(this.#servers)
    for (const server of this.#servers) {
      if (server.verify) continue
      log.warn(
        `${server.option} has verify: false: whoever answers there is believed, and can read and change everything`,
      )
    }
  }

  /** Equal for those with equal options: their connections are alike. */
  get key(): string {
    this.#key ??= createHash('sha256').update(JSON.stringify(this.#options)).digest('base64')
    return this.#key
  }

  /** For the connection to a `wss:` URL, in `tls.connect`. */
  optionsFor(url: URL): ConnectionOptions {
    const server = this.#servers.find((each) => each.covers(url))
    const context = server?.context ?? this.#context
    // SNI is without the root dot (RFC 6066 §3).
    const plain = url.hostname.endsWith('.') ? hostOf(url) : undefined
    const servername = server?.servername ?? plain
    return {
      // Explicit, so that neither the environment nor flags of Node weaken it.
      rejectUnauthorized: server?.verify ?? true,
      minVersion,
      ...(context === undefined ? {} : { secureContext: context }),
      ...(servername === undefined ? {} : { servername }),
      ...(server?.pins === undefined ? {} : { checkServerIdentity: pinned(url, server) }),
    }
  }
}

/**
 * Node calls this when the chain is trusted, and for every full handshake: pins come on top. It skips
 * resumed sessions, of which there are none, as no connection is given the session of another.
 */
function pinned(url: URL, { pins, option }: TlsServer): typeof checkServerIdentity {
  return (hostname, certificate) => {
    const mismatch = checkServerIdentity(hostname, certificate)
    if (mismatch !== undefined || pins?.has(certificate.raw) === true) return mismatch
    const [own, key] = fingerprintsOf(certificate.raw)
    return new EwsError(
      'EWS_TLS',
      `${originOf(url)} has a certificate that is not pinned: expected ${pins?.describe()}, got ${own} ` +
        `(public key ${key}); if it was renewed on purpose, the integrator adds it to ${option}.fingerprints`,
    )
  }
}

function checkDoubles(servers: readonly TlsServer[]): void {
  const seen = new Map<string, TlsServer>()
  for (const server of servers) {
    const other = seen.get(server.place)
    if (other !== undefined) {
      throw new TypeError(`${other.option} and ${server.option} are the same server: join them`)
    }
    seen.set(server.place, server)
  }
}
