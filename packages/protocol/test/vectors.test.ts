import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  acceptedRecord,
  cancelRecord,
  decodeHttpRequest,
  encodeHttpRequest,
  encodeRecords,
  eventRecord,
  httpEventRecord,
  parseConnectRequest,
  readAccepted,
  readCancelReason,
  readRecords,
  readRestart,
  readRestored,
  recordEvent,
  recordHttpEvent,
  RecordType,
  restartRecord,
  restoredRecord,
  type AcceptedSocket,
  type CancelReason,
  type ErrorData,
  type HttpEvent,
  type HttpRequest,
  type RawRecord,
  type RestoredSocket,
  type SocketEvent,
} from '../src/index.js'
import { bytesOfHex, hexOf } from './hex.js'

/** As `RawRecord`, the payload in hexadecimal digits. */
type PlainRecord = Omit<RawRecord, 'payload'> & { readonly payload: string }

interface RecordVector {
  readonly name: string
  readonly hex: string
  readonly event?:
    | SocketEvent
    | (Omit<SocketEvent & { type: 'message' }, 'data'> & { data: string })
  readonly record?: PlainRecord
  readonly records?: readonly PlainRecord[]
  readonly error?: true
  readonly decodeOnly?: true
}

interface RequestVector {
  readonly name: string
  readonly text: string
  readonly request?: unknown
  readonly error?: string
}

interface HttpRequestVector {
  readonly name: string
  readonly hex: string
  readonly request?: Omit<HttpRequest, 'body'> & { readonly body: string }
  readonly error?: string
  readonly decodeOnly?: true
}

interface HttpEventVector {
  readonly name: string
  readonly hex: string
  readonly event: HttpEvent | (Omit<HttpEvent & { type: 'body' }, 'data'> & { data: string })
  readonly decodeOnly?: true
}

interface CancelVector {
  readonly name: string
  readonly hex: string
  readonly call: number
  readonly reason: CancelReason
  readonly decodeOnly?: true
}

/** Of a `restart` record, or of a `restored` one; the attachment in hexadecimal digits. */
interface RestartVector {
  readonly name: string
  readonly hex: string
  readonly reason?: ErrorData
  readonly socket?: Omit<RestoredSocket, 'attachment'> & { readonly attachment: string }
  readonly decodeOnly?: true
}

interface AcceptedVector {
  readonly name: string
  readonly hex: string
  readonly socket: AcceptedSocket
  readonly decodeOnly?: true
}

function vectors<T>(file: string): T[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8')) as T[]
}

const records = vectors<RecordVector>('records.json')
const requests = vectors<RequestVector>('requests.json')
const httpRequests = vectors<HttpRequestVector>('http-requests.json')
const httpEvents = vectors<HttpEventVector>('http-events.json')
const cancels = vectors<CancelVector>('cancels.json')
const restarts = vectors<RestartVector>('restarts.json')
const accepted = vectors<AcceptedVector>('accepted.json')

/** What a record vector says its block holds before any malformed record. */
function expected({ event, record, records: several = [] }: RecordVector): RawRecord[] {
  if (event !== undefined) return [eventRecord(eventOf(event))]
  const all = record === undefined ? several : [record]
  return all.map((each) => ({ ...each, payload: bytesOfHex(each.payload) }))
}

function eventOf(event: NonNullable<RecordVector['event']>): SocketEvent {
  if (event.type !== 'message' || typeof event.data !== 'string') return event as SocketEvent
  return { ...event, data: bytesOfHex(event.data) }
}

function plain(record: RawRecord | undefined): PlainRecord | undefined {
  return record && { ...record, payload: hexOf(record.payload) }
}

describe('records.json', () => {
  test.each(records)('decodes: $name', (vector) => {
    const read = [...readRecords(bytesOfHex(vector.hex))]
    if (vector.event !== undefined) {
      expect(read.map((record) => record && recordEvent(record))).toEqual([eventOf(vector.event)])
      return
    }
    const wanted = expected(vector).map(plain)
    expect(read.map(plain)).toEqual(vector.error ? [...wanted, undefined] : wanted)
  })

  const canonical = records.filter(({ decodeOnly, error }) => !decodeOnly && !error)
  test.each(canonical)('encodes: $name', (vector) => {
    expect(hexOf(encodeRecords(expected(vector)))).toBe(vector.hex)
  })
})

describe('requests.json', () => {
  test.each(requests)('$name', ({ text, request, error }) => {
    if (error === undefined) {
      // As text: a matcher may take a key such as __proto__ for the prototype.
      expect(JSON.stringify(parseConnectRequest(text))).toBe(JSON.stringify(request))
    } else {
      expect(() => parseConnectRequest(text)).toThrow(expect.objectContaining({ code: error }))
    }
  })
})

describe('http-requests.json', () => {
  test.each(httpRequests)('decodes: $name', ({ hex, request, error }) => {
    const payload = bytesOfHex(hex)
    if (error === undefined) {
      const { body, ...head } = decodeHttpRequest(payload)
      expect({ ...head, body: hexOf(body) }).toEqual(request)
    } else {
      expect(() => decodeHttpRequest(payload)).toThrow(expect.objectContaining({ code: error }))
    }
  })

  const canonical = httpRequests.filter(({ decodeOnly, error }) => !decodeOnly && !error)
  test.each(canonical)('encodes: $name', ({ hex, request }) => {
    if (request === undefined) throw new Error('neither request nor error')
    const body = bytesOfHex(request.body)
    expect(hexOf(encodeHttpRequest({ ...request, body }))).toBe(hex)
  })
})

describe('http-events.json', () => {
  const eventsOf = ({ event }: HttpEventVector): HttpEvent =>
    event.type === 'body' && typeof event.data === 'string'
      ? { ...event, data: bytesOfHex(event.data) }
      : (event as HttpEvent)

  test.each(httpEvents)('decodes: $name', (vector) => {
    const read = [...readRecords(bytesOfHex(vector.hex))]
    expect(read.map((record) => record && recordHttpEvent(record))).toEqual([eventsOf(vector)])
  })

  test.each(httpEvents.filter(({ decodeOnly }) => !decodeOnly))('encodes: $name', (vector) => {
    expect(hexOf(encodeRecords([httpEventRecord(eventsOf(vector))]))).toBe(vector.hex)
  })
})

describe('cancels.json', () => {
  test.each(cancels)('decodes: $name', ({ hex, call, reason }) => {
    const [record, ...others] = readRecords(bytesOfHex(hex))
    expect(others).toEqual([])
    expect(record).toMatchObject({ type: RecordType.cancel, id: call })
    expect(record && readCancelReason(record.payload)).toEqual(reason)
  })

  test.each(cancels.filter(({ decodeOnly }) => !decodeOnly))('encodes: $name', (vector) => {
    expect(hexOf(encodeRecords([cancelRecord(vector.call, vector.reason)]))).toBe(vector.hex)
  })
})

describe('restarts.json', () => {
  test.each(restarts)('decodes: $name', ({ hex, reason, socket }) => {
    const [record, ...others] = readRecords(bytesOfHex(hex))
    expect(others).toEqual([])
    if (record === undefined) throw new Error('the block is malformed')
    if (socket === undefined) {
      expect(record.type).toBe(RecordType.restart)
      expect(readRestart(record.payload)).toEqual(reason)
      return
    }
    expect(record.type).toBe(RecordType.restored)
    const { attachment, ...about } = readRestored(record)
    expect({ ...about, attachment: hexOf(attachment) }).toEqual(socket)
  })

  const canonical = restarts.filter(({ decodeOnly }) => !decodeOnly)
  test.each(canonical)('encodes: $name', ({ hex, reason, socket }) => {
    const record =
      socket === undefined
        ? restartRecord(reason ?? { code: '', name: '', message: '' })
        : restoredRecord({ ...socket, attachment: bytesOfHex(socket.attachment) })
    expect(hexOf(encodeRecords([record]))).toBe(hex)
  })
})

describe('accepted.json', () => {
  test.each(accepted)('decodes: $name', ({ hex, socket }) => {
    const [record, ...others] = readRecords(bytesOfHex(hex))
    expect(others).toEqual([])
    expect(record?.type).toBe(RecordType.accepted)
    expect(record && readAccepted(record)).toEqual(socket)
  })

  test.each(accepted.filter(({ decodeOnly }) => !decodeOnly))('encodes: $name', (vector) => {
    expect(hexOf(encodeRecords([acceptedRecord(vector.socket)]))).toBe(vector.hex)
  })
})

const lists = [records, requests, httpRequests, httpEvents, cancels, restarts, accepted]
const withHex = [...records, ...httpRequests, ...httpEvents, ...cancels, ...restarts, ...accepted]

test('every entry has a name of its own, and exactly one expectation', () => {
  for (const list of lists) {
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
  }
  for (const { name, event, record, records: several, error } of records) {
    const outcomes = error ? [error] : [event, record, several].filter((each) => each !== undefined)
    expect(outcomes, name).toHaveLength(1)
    if (error) expect([event, record], name).toEqual([undefined, undefined])
  }
  for (const { name, reason, socket } of restarts) {
    expect((reason === undefined) !== (socket === undefined), name).toBe(true)
  }
  for (const { name, request, error } of [...requests, ...httpRequests]) {
    expect((request === undefined) !== (error === undefined), name).toBe(true)
  }
})

test('hexadecimal digits are lower case without spaces, for simple readers', () => {
  for (const { hex } of withHex) expect(hex).toMatch(/^(?:[\da-f]{2})*$/)
})
