import type { Buffer } from 'buffer'

import { textOf as latin1Of } from '../../prelude/text/chunk-decoder.js'
import { native } from '../engine.js'

type BufferClass = typeof Buffer
type Encoding = Parameters<BufferClass['isEncoding']>[0]

/** ES2026; the engine has it. */
interface Bytes extends Uint8Array {
  toBase64(options?: { alphabet: 'base64url'; omitPadding: true }): string
  toHex(): string
}
const Bytes = Uint8Array as unknown as {
  fromBase64(text: string): Bytes
  fromHex(text: string): Bytes
}

/**
 * What the package lacks: `base64url`; what it does otherwise than Node: hex that is malformed; and
 * what the engine does faster than a script: UTF-8, base64, hex and Latin-1.
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
    const [first, last] = [index(start), index(end)]
    return (
      textOf(bytesIn(this, first, last), encoding) ??
      toString.call(this, encoding as Encoding, first, last)
    )
  }

  prototype.write = function (this: Buffer, text: string, ...args: unknown[]) {
    return Reflect.apply(write, this, [text, ...args.map(known)]) as number
  } as Buffer['write']
}

/** Undefined for what the package has to read: what is not quite base64, and other encodings. */
function bytesOfText(text: string, encoding: unknown): Uint8Array | undefined {
  if (isUtf8(encoding)) return native.encode(text)
  try {
    if (is(encoding, 'base64')) return Bytes.fromBase64(text)
    if (is(encoding, 'hex')) return Bytes.fromHex(text)
  } catch {
    // Node reads hex as far as there are pairs of digits.
    if (is(encoding, 'hex')) return Bytes.fromHex(/^(?:[\da-f]{2})*/i.exec(text)?.[0] ?? '')
  }
  return undefined
}

/** Undefined for what the package has to write. */
function textOf(bytes: Bytes, encoding: unknown): string | undefined {
  if (isUtf8(encoding)) return native.decode(bytes)
  if (is(encoding, 'hex')) return bytes.toHex()
  if (is(encoding, 'base64')) return bytes.toBase64()
  if (isUrl(encoding)) return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
  if (is(encoding, 'latin1') || is(encoding, 'binary')) return latin1Of(bytes)
  return undefined
}

function bytesIn(buffer: Uint8Array, start: number, end: number): Bytes {
  const whole = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
  return (start === 0 && end === buffer.length ? whole : whole.subarray(start, end)) as Bytes
}

function index(at: unknown): number {
  return Math.max(0, Math.trunc(Number(at)) || 0)
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
