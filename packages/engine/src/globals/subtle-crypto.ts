import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'

import { bufferOf, bytesOf } from '../prelude/bytes.js'

const hashes = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 } as const

/** The methods of Web Cryptography §14.3 that need keys. */
const absent = [
  'decrypt',
  'deriveBits',
  'deriveKey',
  'encrypt',
  'exportKey',
  'generateKey',
  'importKey',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey',
]

const subtle: Record<string, unknown> = {
  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    const name = String(
      typeof algorithm === 'object' && algorithm !== null && 'name' in algorithm
        ? algorithm.name
        : algorithm,
    ).toUpperCase()
    const hash = Object.entries(hashes).find(([known]) => known === name)?.[1]
    if (hash === undefined) {
      throw notSupported(`digest knows ${Object.keys(hashes).join(', ')}, not "${name}"`)
    }
    return bufferOf(hash(bytesOf(data)))
  },
}

for (const method of absent) {
  subtle[method] = async () => {
    throw notSupported(`${method} does not exist in a plugin, only digest does`)
  }
}

Object.defineProperty(subtle, Symbol.toStringTag, { value: 'SubtleCrypto', configurable: true })
Object.defineProperty((globalThis as unknown as { crypto: object }).crypto, 'subtle', {
  value: subtle,
  enumerable: true,
  configurable: true,
})

function notSupported(what: string): DOMException {
  return new DOMException(`crypto.subtle.${what}`, 'NotSupportedError')
}
