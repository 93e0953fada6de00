import { createHash, X509Certificate } from 'node:crypto'

const certificateForm = /^[\da-f]{64}$/i
const keyForm = /^sha256\/[A-Za-z\d+/]{43}=$/

/** Fingerprints of certificates and public keys, one of which a server's certificate must have. */
export class Pins {
  readonly #pins: ReadonlySet<string>

  /** @throws {TypeError} for a text that is no fingerprint. */
  constructor(texts: readonly unknown[], option: string) {
    if (texts.length === 0) throw new TypeError(`${option} must not be empty: leave it out`)
    this.#pins = new Set(texts.map((text) => normalised(text, option)))
  }

  /** Whether a certificate, in DER, has one of them. */
  has(certificate: Uint8Array): boolean {
    return fingerprintsOf(certificate).some((pin) => this.#pins.has(pin))
  }

  describe(): string {
    return [...this.#pins].join(' or ')
  }
}

/** Of a certificate in DER, and of its public key (RFC 7469 §2.4): how pins are compared. */
export function fingerprintsOf(certificate: Uint8Array): [certificate: string, key: string] {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return [
    createHash('sha256').update(certificate).digest('hex'),
    `sha256/${createHash('sha256').update(key).digest('base64')}`,
  ]
}

function normalised(text: unknown, option: string): string {
  if (typeof text === 'string') {
    const digits = text.replaceAll(':', '')
    if (certificateForm.test(digits)) return digits.toLowerCase()
    if (keyForm.test(text)) return text
  }
  throw new TypeError(
    `${option}: ${JSON.stringify(text)} is no fingerprint; expected SHA-256 of the certificate in 64 hex digits, ` +
      'with or without colons, or of its public key as "sha256/" and base64',
  )
}
