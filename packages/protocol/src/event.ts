import { errorData, errorFrom, type ErrorData } from './error.js'
import { jsonRecord, parseJson, textOf } from './json-payload.js'
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
      return jsonRecord(RecordType.open, id, { url, protocol, extensions })
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
      return jsonRecord(RecordType.error, id, event.error)
    case 'drain':
      return { type: RecordType.drain, flags: 0, code: 0, id, payload: nothing }
  }
}

/** The event in a record, or `undefined` for a type this version does not know. */
export function recordEvent(record: RawRecord): SocketEvent | undefined {
  const socket = record.id
  switch (record.type) {
    case RecordType.open: {
      const { url, protocol, extensions } = parseJson(record.payload)
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
      return { type: 'error', socket, error: errorData(errorFrom(parseJson(record.payload))) }
    case RecordType.drain:
      return { type: 'drain', socket }
    default:
      return undefined
  }
}
