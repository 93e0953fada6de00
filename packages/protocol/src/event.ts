import { errorData, errorFrom, type ErrorData } from './error.js'
import { jsonRecord, numberOf, parseJson, textOf } from './json-payload.js'
import { RecordFlag, RecordType, type RawRecord } from './record.js'

/** What a session tells its guest about one socket. */
export type SocketEvent =
  | { type: 'open'; socket: number; url: string; protocol: string; extensions: string }
  | { type: 'message'; socket: number; kind: number; data: Uint8Array }
  | { type: 'close'; socket: number; code: number; reason: string; wasClean: boolean }
  | { type: 'error'; socket: number; error: ErrorData }
  | { type: 'drain'; socket: number }
  | ({ type: 'reconnecting'; socket: number } & Reconnecting)
  | ({ type: 'reconnected'; socket: number } & Reconnected)

/** The connection is lost, and the host tries another one after a delay. */
export interface Reconnecting {
  /** Which attempt it will be, from 1 on, since a connection was last open. */
  readonly attempt: number
  /** Until then, in milliseconds. */
  readonly delayMs: number
  /** How the connection ended, or 1006 when an attempt failed. */
  readonly code: number
  readonly reason: string
}

/** Another connection has taken the place of the one that was lost. */
export interface Reconnected {
  readonly url: string
  readonly protocol: string
  readonly extensions: string
  /** How many attempts it took. */
  readonly attempts: number
  /** Messages that were sent meanwhile and refused, since the queue was full or there is none. */
  readonly dropped: number
}

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
    case 'reconnecting': {
      const { attempt, delayMs, code, reason } = event
      return jsonRecord(RecordType.reconnecting, id, { attempt, delayMs, code, reason })
    }
    case 'reconnected': {
      const { url, protocol, extensions, attempts, dropped } = event
      const about = { url, protocol, extensions, attempts, dropped }
      return jsonRecord(RecordType.reconnected, id, about)
    }
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
    case RecordType.reconnecting:
      return { type: 'reconnecting', socket, ...readReconnecting(record.payload) }
    case RecordType.reconnected:
      return { type: 'reconnected', socket, ...readReconnected(record.payload) }
    default:
      return undefined
  }
}

/** Fields that are missing or wrong are empty or 0, as in other records of the host. */
export function readReconnecting(payload: Uint8Array): Reconnecting {
  const { attempt, delayMs, code, reason } = parseJson(payload)
  return {
    attempt: numberOf(attempt),
    delayMs: numberOf(delayMs),
    code: numberOf(code),
    reason: textOf(reason),
  }
}

/** The same. */
export function readReconnected(payload: Uint8Array): Reconnected {
  const { url, protocol, extensions, attempts, dropped } = parseJson(payload)
  return {
    url: textOf(url),
    protocol: textOf(protocol),
    extensions: textOf(extensions),
    attempts: numberOf(attempts),
    dropped: numberOf(dropped),
  }
}
