import {
  EwsError,
  maxRequestHeadBytes,
  type HttpHeader,
  type HttpRequest,
} from '@extism-ws/protocol'

import type { HttpClient } from './client.js'

/** A request as Extism's `http_request` gets it. */
export interface ExtismRequest {
  /** JSON: url, method and headers. */
  readonly head: Uint8Array
  /** Not to be changed any more. */
  readonly body: Uint8Array
}

/** A response as Extism's HTTP functions tell it. */
export interface ExtismResponse {
  readonly status: number
  /** JSON: an object with names in lower case; values of one name are joined by a comma. */
  readonly headers: string
  /** In a buffer of its own. */
  readonly body: Uint8Array
}

/** Carries out what a guest asked for in Extism's form. */
export async function extismRequest(
  client: HttpClient,
  request: ExtismRequest,
): Promise<ExtismResponse> {
  const { status, headers, body } = await client.request(requestOf(request))
  return { status, headers: headersJson(headers), body }
}

/** @throws {EwsError} `EWS_BAD_REQUEST`. */
function requestOf({ head, body }: ExtismRequest): HttpRequest {
  const { url, method = 'GET', headers = {} } = fieldsOf(head)
  if (typeof url !== 'string') throw bad('its url is no string')
  if (typeof method !== 'string') throw bad('its method is no string')
  if (!isHeaders(headers)) throw bad('its headers are no object of strings')
  return { url, method, headers: Object.entries(headers), redirect: 'follow', body }
}

function fieldsOf(head: Uint8Array): Record<string, unknown> {
  if (head.length > maxRequestHeadBytes) {
    throw bad(`its head has ${head.length} bytes, ${maxRequestHeadBytes} are allowed`)
  }
  const fields = parsed(head)
  if (typeof fields === 'object' && fields !== null) return fields as Record<string, unknown>
  throw bad('its head is no object')
}

function parsed(head: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(head))
  } catch {
    throw bad('its head is not JSON')
  }
}

function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((each) => typeof each === 'string')
}

function bad(why: string): EwsError {
  return new EwsError('EWS_BAD_REQUEST', `the request cannot be made: ${why}`)
}

/** Strings only: Extism's libraries for other languages read nothing else. */
function headersJson(headers: readonly HttpHeader[]): string {
  const all = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const before = all.get(key)
    all.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return JSON.stringify(Object.fromEntries(all))
}
