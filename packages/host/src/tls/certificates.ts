import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/**
 * The certificates of CAs, one by one. Node takes anything for a list of CAs, and then trusts nobody.
 *
 * @throws {TypeError} for what holds no certificate in PEM.
 */
export function certificatesIn(ca: unknown, option: string): string[] {
  const files: readonly unknown[] = Array.isArray(ca) ? ca : [ca]
  if (files.length === 0) throw new TypeError(`${option} must not be empty: leave it out`)
  return files.flatMap((file) => {
    if (typeof file !== 'string' && !(file instanceof Uint8Array)) {
      throw new TypeError(`${option} must be PEM as a string or bytes, got ${typeof file}`)
    }
    const text = typeof file === 'string' ? file : Buffer.from(file).toString('latin1')
    const found: string[] = text.match(block) ?? []
    if (found.length === 0 || !found.every(isCertificate)) {
      // The first line says what it is instead: a path, DER, or a key.
      const start = JSON.stringify(text.split('\n', 1)[0]?.slice(0, 40))
      throw new TypeError(
        `${option}: ${start} holds no certificate in PEM; pass the text of the file, not its path`,
      )
    }
    return found
  })
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}
