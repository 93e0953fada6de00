import { errorData, errorFrom, type ErrorData } from './error.js'
import { RecordFlag, RecordType, type RawRecord } from './record.js'

/** What a session tells its guest about one socket. */
export type SocketEvent =
  | { type: 'open'; socket: number; url: string; protocol: string; extensions: string }
  | { type: 'message'; socket: number; kind: number; data: Uint8Array }
  | { type: 'close'; socket: number; code: number; reason: string; wasClean: boolean }
  | { type: 'error'; socket: number; error: ErrorData }
  | { type: 'drain'; socket: number }

const encoder = new TextEncoder()
// A byte order mark at the front of a reason is part of it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const nothing = new Uint8Array(0)

/** An event as a record; a message's payload is referred to, not copied. */
export function eventRecord(event: SocketEvent): RawRecord {
  const id = event.socket
  switch (event.type) {
    case 'open': {
      const { url, protocol, extensions } = event
      return json(RecordType.open, id, { url, protocol, extensions })
    }
    case 'message':
      return { type: RecordType.message, flags: 0, code: event.kind, id, payload: event.data }
    case 'close':
      return {
        type: RecordType.close,
        flags: event.wasClean ? RecordFlag.clean : 0,
        code: event.code,
        id,
        payload: encoder.encode(event.reason),
      }
    case 'error':
      return json(RecordType.error, id, event.error)
    case 'drain':
      return { type: RecordType.drain, flags: 0, code: 0, id, payload: nothing }
  }
}

/** The event in a record, or `undefined` for a type this version does not know. */
export function recordEvent(record: RawRecord): SocketEvent | undefined {
  const socket = record.id
  switch (record.type) {
    case RecordType.open: {
      const { url, protocol, extensions } = parse(record.payload)
      return {
        type: 'open',
        socket,
        url: textOf(url),
        protocol: textOf(protocol),
        extensions: textOf(extensions),
      }
    }
    case RecordType.message:
      return { type: 'message', socket, kind: record.code, data: record.payload }
    case RecordType.close:
      return {
        type: 'close',
        socket,
        code: record.code,
        reason: decoder.decode(record.payload),
        wasClean: (record.flags & RecordFlag.clean) !== 0,
      }
    case RecordType.error:
      return { type: 'error', socket, error: errorData(errorFrom(parse(record.payload))) }
    case RecordType.drain:
      return { type: 'drain', socket }
    default:
      return undefined
  }
}

function json(type: number, id: number, value: unknown): RawRecord {
  return { type, flags: 0, code: 0, id, payload: encoder.encode(JSON.stringify(value)) }
}

/** Not `String(value)`: that throws for an object whose `toString` is no function. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function parse(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decoder.decode(payload))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
