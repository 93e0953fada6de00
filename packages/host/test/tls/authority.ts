import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'

/** What a certificate says. */
interface Subject {
  /** Common name. */
  readonly name: string
  /** Names and IPv4 addresses that it is for. Default: `localhost`. */
  readonly hosts?: readonly string[]
  readonly from?: Date
  readonly to?: Date
}

/** A certificate and its private key, in PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

const day = 86_400_000
/** Relative to now, in days. */
export const days = (count: number): Date => new Date(Date.now() + count * day)

/**
 * A CA: what Node's crypto has no function for is written here (RFC 5280, in DER). The keys are of P-256, and
 * the signatures of ECDSA with SHA-256 (RFC 5758 §3.2).
 */
export class Authority {
  readonly #name: string
  readonly #keys = newKeys()
  /** Its own certificate. */
  readonly cert: string

  constructor(name: string) {
    this.#name = name
    const { publicKey, privateKey } = this.#keys
    this.cert = certificate({ name }, publicKey, { name, key: privateKey }, basicConstraints)
  }

  /** A certificate that it has signed. */
  issue(subject: Subject): Identity {
    const { publicKey, privateKey } = newKeys()
    const issuer = { name: this.#name, key: this.#keys.privateKey }
    return { cert: certificate(subject, publicKey, issuer), key: pemOf(privateKey) }
  }
}

/** A certificate that nobody has signed but itself. */
export function selfSigned(subject: Subject): Identity {
  const { publicKey, privateKey } = newKeys()
  const issuer = { name: subject.name, key: privateKey }
  return { cert: certificate(subject, publicKey, issuer), key: pemOf(privateKey) }
}

function certificate(
  { name, hosts = ['localhost'], from = days(-1), to = days(1) }: Subject,
  key: KeyObject,
  issuer: { name: string; key: KeyObject },
  says = alternativeNames(hosts),
): string {
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer.name),
    sequence(time(from), time(to)),
    nameOf(name),
    key.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(says)),
  )
  return pem(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer.key))))
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }))
}

/** The same key, encrypted. */
export function encrypted(key: string, passphrase: string): string {
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  return String(createPrivateKey(key).export(options))
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

// DER (ITU-T X.690): each value is a tag, a length, and its content.

function tagged(tag: number, ...content: Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content)
  const { length } = bytes
  if (length < 128) return Buffer.from([tag, length, ...bytes])
  if (length < 256) return Buffer.from([tag, 0x81, length, ...bytes])
  return Buffer.from([tag, 0x82, length >> 8, length & 255, ...bytes])
}

function sequence(...content: Uint8Array[]): Buffer {
  return tagged(0x30, ...content)
}

function explicit(number: number, content: Uint8Array): Buffer {
  return tagged(0xa0 + number, content)
}

/** Positive: the first bit is 0. */
function integer(bytes: Uint8Array): Buffer {
  return tagged(0x02, bytes)
}

function bits(content: Uint8Array): Buffer {
  return tagged(0x03, Buffer.from([0]), content)
}

function identifier(...bytes: number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes))
}

/** UTCTime, which is for years before 2050. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${digits}Z`))
}

function nameOf(name: string): Buffer {
  const commonName = sequence(identifier(0x55, 4, 3), tagged(0x0c, Buffer.from(name)))
  return sequence(tagged(0x31, commonName))
}

function extension(id: Buffer, content: Buffer): Buffer {
  return sequence(id, tagged(0x04, content))
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host)),
  )
  return extension(identifier(0x55, 29, 17), sequence(...names))
}

const ecdsaWithSha256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2))
const isTrue = tagged(0x01, Buffer.from([255]))
const basicConstraints = sequence(
  identifier(0x55, 29, 19),
  isTrue, // critical
  tagged(0x04, sequence(isTrue)),
)
