import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'

import { HostPattern, portOf } from '../policy/index.js'
import { certificatesIn } from './certificates.js'
import { checkFields } from './fields.js'
import type { TlsServerOptions } from './options.js'
import { Pins } from './pin.js'

const keyForm = /^(.+?)(?::(\d{1,5}))?$/
const known = new Set<keyof TlsServerOptions>([
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'fingerprints',
  'verify',
])
export const minVersion = 'TLSv1.2'

/** One entry of `sockets.tls.servers`, checked. */
export class TlsServer {
  /** How the integrator finds it, for messages. */
  readonly option: string
  readonly verify: boolean
  readonly servername: string | undefined
  readonly pins: Pins | undefined
  /** CAs and client certificate; undefined when it has neither of its own. */
  readonly context: SecureContext | undefined
  readonly #host: HostPattern
  readonly #port: number | undefined

  /**
   * @param ca the CAs of all servers.
   * @throws {TypeError} naming the option, for whatever is wrong with it.
   */
  constructor(key: string, set: unknown, ca: readonly string[] | undefined) {
    this.option = `sockets.tls.servers[${JSON.stringify(key)}]`
    const { host, port } = placeOf(key, this.option)
    this.#host = host
    this.#port = port
    const options: TlsServerOptions = checkFields(set, known, this.option)
    this.#checkContradictions(options)
    const { fingerprints, servername, verify = true } = options
    this.verify = verify
    this.servername = servername
    if (fingerprints !== undefined) {
      const texts: unknown[] = Array.isArray(fingerprints) ? fingerprints : [fingerprints]
      this.pins = new Pins(texts, `${this.option}.fingerprints`)
    }
    this.context = this.#contextOf(options, ca)
  }

  /** By which two entries are the same one. */
  get place(): string {
    return `${this.#host.host}:${this.#port ?? '*'}`
  }

  covers(url: URL): boolean {
    return this.#host.covers(url) && (this.#port === undefined || this.#port === portOf(url))
  }

  /** Negative when this entry says more of the place than the other, and so goes before it. */
  compare(other: TlsServer): number {
    const wildcards = this.#host.wildcards - other.#host.wildcards
    return wildcards || Number(this.#port === undefined) - Number(other.#port === undefined)
  }

  #checkContradictions(options: TlsServerOptions): void {
    const { ca, cert, key, pfx, passphrase, servername, fingerprints, verify } = options
    const wrong = (problem: string): TypeError => new TypeError(`${this.option}: ${problem}`)
    if (verify !== undefined && typeof verify !== 'boolean') {
      throw wrong(`verify must be true or false, got ${JSON.stringify(verify)}`)
    }
    if (verify === false) {
      if (this.#host.wildcards > 0) throw wrong('verify: false is for a host without *, name it')
      const beside = ca === undefined ? fingerprints && 'fingerprints' : 'ca'
      if (beside) throw wrong(`verify: false and ${beside} contradict each other, leave one out`)
    }
    if ((cert === undefined) !== (key === undefined)) {
      const [there, missing] = key === undefined ? ['cert', 'key'] : ['key', 'cert']
      throw wrong(`${there} needs ${missing} as well`)
    }
    if (pfx !== undefined && cert !== undefined) {
      throw wrong('pfx and cert with key are two client certificates, leave one out')
    }
    if (passphrase !== undefined && pfx === undefined && key === undefined) {
      throw wrong('passphrase is for a key or a pfx, and there is neither')
    }
    if (servername === undefined) return
    if (typeof servername !== 'string' || servername === '' || isIP(servername) !== 0) {
      throw wrong(`servername must be a name, got ${JSON.stringify(servername)} (RFC 6066)`)
    }
  }

  #contextOf(
    options: TlsServerOptions,
    all: readonly string[] | undefined,
  ): SecureContext | undefined {
    const { cert, key, pfx, passphrase } = options
    const own =
      options.ca === undefined ? undefined : certificatesIn(options.ca, `${this.option}.ca`)
    if (own === undefined && cert === undefined && pfx === undefined) return undefined
    const ca = own ?? all
    try {
      return createSecureContext({
        minVersion,
        ...(ca === undefined ? {} : { ca: [...ca] }),
        ...(cert === undefined ? {} : { cert: nodePem(cert) }),
        ...(key === undefined ? {} : { key: nodePem(key) }),
        ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
        ...(passphrase === undefined ? {} : { passphrase }),
      })
    } catch (cause) {
      // No value: these are secrets.
      const why = cause instanceof Error ? cause.message : String(cause)
      const what = pfx === undefined ? 'cert with key' : 'pfx'
      const hint = `it must be a certificate and its own private key, with the right passphrase`
      throw new TypeError(`${this.option}: ${what} cannot be used (${why}); ${hint}`, { cause })
    }
  }
}

function placeOf(key: string, option: string): { host: HostPattern; port: number | undefined } {
  const [, text = '', port] = keyForm.exec(key) ?? []
  const host = HostPattern.parse(text, 'wss')
  if (host === undefined || host.isAny || Number(port) > 65_535) {
    throw new TypeError(
      `${option}: ${JSON.stringify(key)} is no server; expected a host without scheme ("feed.example", ` +
        '"*.example.com", "[::1]"), optionally with ":port"',
    )
  }
  return { host, port: port === undefined ? undefined : Number(port) }
}

function nodePem(pem: string | Uint8Array): string | Buffer {
  return typeof pem === 'string' ? pem : Buffer.from(pem)
}
