import { errorData, errorFrom, type ErrorData } from './error.js'
import type { HttpHeader } from './http-request.js'
import { jsonRecord, parseJson, textOf } from './json-payload.js'
import { RecordType, type RawRecord } from './record.js'

/** What of a response comes before its body. */
export interface HttpHead {
  readonly status: number
  readonly statusText: string
  /** Where the response came from at last, without a fragment. */
  readonly url: string
  /** Whether a redirect was followed. */
  readonly redirected: boolean
  /** As the server sent them; `Set-Cookie` may be there several times. */
  readonly headers: readonly HttpHeader[]
}

/**
 * What a session tells its guest about one HTTP request: `response`, `body` any number of times,
 * then `end`; or `failed`, at any point before that.
 */
export type HttpEvent =
  | ({ type: 'response'; request: number } & HttpHead)
  | { type: 'body'; request: number; data: Uint8Array }
  | { type: 'end'; request: number }
  | { type: 'failed'; request: number; error: ErrorData }

const nothing = new Uint8Array(0)

/** An event as a record; a piece of a body is referred to, not copied. */
export function httpEventRecord(event: HttpEvent): RawRecord {
  const id = event.request
  switch (event.type) {
    case 'response': {
      const { status, statusText, url, redirected, headers } = event
      const head = { status, statusText, url, redirected, headers }
      return jsonRecord(RecordType.response, id, head)
    }
    case 'body':
      return { type: RecordType.body, flags: 0, code: 0, id, payload: event.data }
    case 'end':
      return { type: RecordType.end, flags: 0, code: 0, id, payload: nothing }
    case 'failed':
      return jsonRecord(RecordType.failed, id, event.error)
  }
}

/** The event in a record, or `undefined` for a type that is none of HTTP. */
export function recordHttpEvent(record: RawRecord): HttpEvent | undefined {
  const request = record.id
  switch (record.type) {
    case RecordType.response: {
      const { status, statusText, url, redirected, headers } = parseJson(record.payload)
      return {
        type: 'response',
        request,
        status: typeof status === 'number' ? status : 0,
        statusText: textOf(statusText),
        url: textOf(url),
        redirected: redirected === true,
        headers: headersOf(headers),
      }
    }
    case RecordType.body:
      return { type: 'body', request, data: record.payload }
    case RecordType.end:
      return { type: 'end', request }
    case RecordType.failed:
      return { type: 'failed', request, error: errorData(errorFrom(parseJson(record.payload))) }
    default:
      return undefined
  }
}

function headersOf(value: unknown): HttpHeader[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((pair: unknown): HttpHeader[] =>
    Array.isArray(pair) ? [[textOf(pair[0]), textOf(pair[1])]] : [],
  )
}
