import { EwsError } from './error.js'
import { excerpt, shown } from './excerpt.js'
import { RecordType, type RawRecord } from './record.js'

/** One header field; names are compared without case. */
export type HttpHeader = readonly [name: string, value: string]

/** What becomes of a redirect (WHATWG Fetch, "redirect mode"). */
export type RedirectMode = 'follow' | 'error' | 'manual'

/** What a guest asks for with a `request` record. */
export interface HttpRequest {
  readonly method: string
  /** Absolute `http:` or `https:` URL. */
  readonly url: string
  /** In the order in which they are sent. The host's policy may refuse some. */
  readonly headers: readonly HttpHeader[]
  readonly redirect: RedirectMode
  readonly body: Uint8Array
}

/** The longest head of a request in bytes; URL and headers are in it. */
export const maxRequestHeadBytes = 256 * 1024

const lengthBytes = 4
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const redirectModes: readonly unknown[] = ['follow', 'error', 'manual'] satisfies RedirectMode[]

/** The payload of a `request` record: length of the head (u32), head as JSON, body. */
export function encodeHttpRequest(request: HttpRequest): Uint8Array {
  const { method, url, headers, redirect, body } = request
  const head = encoder.encode(JSON.stringify({ method, url, headers, redirect }))
  const payload = new Uint8Array(lengthBytes + head.length + body.length)
  new DataView(payload.buffer).setUint32(0, head.length, true)
  payload.set(head, lengthBytes)
  payload.set(body, lengthBytes + head.length)
  return payload
}

/**
 * Reads the payload of a `request` record as a guest wrote it. The body is a view of the payload.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` when it is cut short, its head is too long or not JSON, or a
 *   field has the wrong type.
 */
export function decodeHttpRequest(payload: Uint8Array): HttpRequest {
  const end = lengthBytes + headLength(payload)
  const head = parseHead(payload.subarray(lengthBytes, end))
  const { method, url, headers, redirect } = head
  if (typeof method !== 'string') throw wrong('method', 'a string', method)
  if (typeof url !== 'string') throw wrong('url', 'a string', url)
  if (!isHeaders(headers)) throw wrong('headers', 'an array of [name, value] pairs', headers)
  if (!isRedirectMode(redirect)) {
    throw wrong('redirect', '"follow", "error" or "manual"', redirect)
  }
  return { method, url, headers, redirect, body: payload.subarray(end) }
}

/** A request as a record. Ids are above 0, rise, and are never used again in one instance. */
export function requestRecord(id: number, request: HttpRequest): RawRecord {
  return { type: RecordType.request, flags: 0, code: 0, id, payload: encodeHttpRequest(request) }
}

/** The record by which a guest gives a request up. */
export function abortRecord(id: number): RawRecord {
  return { type: RecordType.abort, flags: 0, code: 0, id, payload: new Uint8Array(0) }
}

function headLength(payload: Uint8Array): number {
  if (payload.length < lengthBytes) {
    throw malformed(`has ${payload.length} bytes, fewer than the 4 of its head's length`)
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const length = view.getUint32(0, true)
  if (length > payload.length - lengthBytes) {
    const left = payload.length - lengthBytes
    throw malformed(`has ${left} bytes behind the length, which says ${length} of head`)
  }
  if (length > maxRequestHeadBytes) {
    throw malformed(
      `has a head of ${length} bytes, at most ${maxRequestHeadBytes} are allowed: ` +
        'send large data in the body, not in the URL or in headers',
    )
  }
  return length
}

function parseHead(bytes: Uint8Array): Record<string, unknown> {
  let text = ''
  try {
    text = decoder.decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (cause) {
    const what = text === '' && bytes.length > 0 ? 'not UTF-8' : `not JSON: ${excerpt(text)}`
    throw malformed(`has a head that is ${what}`, cause)
  }
  throw malformed(`has a head that is not a JSON object: ${excerpt(text)}`)
}

function isHeaders(value: unknown): value is HttpHeader[] {
  return Array.isArray(value) && value.every(isHeader)
}

function isHeader(value: unknown): value is HttpHeader {
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
  )
}

function isRedirectMode(value: unknown): value is RedirectMode {
  return redirectModes.includes(value)
}

function wrong(field: string, expected: string, value: unknown): EwsError {
  return malformed(`needs "${field}" to be ${expected}, got ${shown(value)}`)
}

function malformed(problem: string, cause?: unknown): EwsError {
  const message = `the HTTP request ${problem}`
  return new EwsError('EWS_BAD_REQUEST', message, cause === undefined ? {} : { cause })
}
