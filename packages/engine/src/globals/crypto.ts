import { bytesOf } from '../prelude/bytes.js'
import { define } from './define.js'
import { native, needHost } from './engine.js'

/** Web Cryptography §10.1.1: the most bytes that one call may ask for. */
const quota = 65_536
const sameForAll = 'every instance would get the same value'

function getRandomValues<T>(array: T): T {
  needHost('crypto.getRandomValues', sameForAll)
  if (!ArrayBuffer.isView(array)) {
    throw new TypeError('crypto.getRandomValues: the argument must be a typed array')
  }
  const kind = Object.prototype.toString.call(array).slice('[object '.length, -1)
  if (!/^(Big)?(Int|Uint)\d+(Clamped)?Array$/.test(kind)) {
    throw new DOMException(
      `crypto.getRandomValues: a ${kind} has no integers in it`,
      'TypeMismatchError',
    )
  }
  if (array.byteLength > quota) {
    throw new DOMException(
      `crypto.getRandomValues: ${array.byteLength} bytes are more than ${quota}`,
      'QuotaExceededError',
    )
  }
  native.randomFill(bytesOf(array))
  return array
}

/** RFC 9562 §5.4, version 4. */
function randomUUID(): string {
  needHost('crypto.randomUUID', sameForAll)
  const bytes = new Uint8Array(16)
  native.randomFill(bytes)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const crypto = { getRandomValues, randomUUID }
Object.defineProperty(crypto, Symbol.toStringTag, { value: 'Crypto', configurable: true })

define({ crypto })
