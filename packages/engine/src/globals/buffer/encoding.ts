import type { Buffer } from 'buffer'

import { native } from '../engine.js'

type BufferClass = typeof Buffer
type Encoding = Parameters<BufferClass['isEncoding']>[0]

/** ES2026; the engine has it. */
const native64 = Uint8Array as unknown as {
  fromBase64(text: string): Uint8Array
  fromHex(text: string): Uint8Array
}

/**
 * What the package lacks: `base64url`; what it does otherwise than Node: hex that is malformed; and
 * what the engine does faster than a script: UTF-8, base64 and hex.
 */
export function useEngine(Class: BufferClass): void {
  const { byteLength, from, isEncoding, prototype } = Class
  const { toString, write } = prototype

  const bufferOf = (bytes: Uint8Array): Buffer =>
    Object.setPrototypeOf(bytes, prototype) as unknown as Buffer

  Class.isEncoding = (encoding: unknown): encoding is Encoding =>
    isUrl(encoding) || isEncoding.call(Class, encoding as string)

  Class.byteLength = (value, encoding) => {
    if (typeof value === 'string' && isUtf8(encoding)) return native.encode(value).length
    return byteLength.call(Class, value, known(encoding))
  }

  Class.from = ((value: unknown, encoding?: unknown, length?: unknown) => {
    const bytes = typeof value === 'string' ? bytesOfText(value, encoding) : undefined
    if (bytes !== undefined) return bufferOf(bytes)
    return Reflect.apply(from, Class, [value, known(encoding), length]) as unknown
  }) as BufferClass['from']

  prototype.toString = function (this: Buffer, encoding?: unknown, start = 0, end = this.length) {
    if (isUrl(encoding)) {
      const text = toString.call(this, 'base64', start, end)
      return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    }
    if (!isUtf8(encoding)) return toString.call(this, encoding as Encoding, start, end)
    const [first, last] = [start, end].map((at) => Math.max(0, Math.trunc(Number(at)) || 0))
    return native.decode(bytesIn(this, first, last))
  }

  prototype.write = function (this: Buffer, ...args: unknown[]) {
    return Reflect.apply(write, this, args.map(known)) as number
  } as Buffer['write']
}

/** Undefined for what the package has to read. */
function bytesOfText(text: string, encoding: unknown): Uint8Array | undefined {
  if (isUtf8(encoding)) return native.encode(text)
  // Node reads as far as there are pairs of digits.
  if (is(encoding, 'hex')) return native64.fromHex(/^(?:[\da-f]{2})*/i.exec(text)?.[0] ?? '')
  if (!is(encoding, 'base64')) return undefined
  try {
    return native64.fromBase64(text)
  } catch {
    // Node reads what is not quite base64 as well.
    return undefined
  }
}

function bytesIn(
  buffer: Uint8Array,
  start: number | undefined,
  end: number | undefined,
): Uint8Array {
  const whole = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
  return start === 0 && end === buffer.length ? whole : whole.subarray(start, end)
}

function isUtf8(encoding: unknown): boolean {
  return encoding === undefined || /^utf-?8$/i.test(String(encoding))
}

function isUrl(encoding: unknown): boolean {
  return is(encoding, 'base64url')
}

function is(encoding: unknown, name: string): boolean {
  return typeof encoding === 'string' && encoding.toLowerCase() === name
}

/** The package reads both alphabets as `base64`. */
function known<T>(encoding: T): T | 'base64' {
  return isUrl(encoding) ? 'base64' : encoding
}
