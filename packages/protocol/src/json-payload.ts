import type { RawRecord } from './record.js'

const encoder = new TextEncoder()
// A byte order mark at the front of a text is part of it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A record whose payload is JSON. */
export function jsonRecord(type: number, id: number, value: unknown): RawRecord {
  return { type, flags: 0, code: 0, id, payload: encoder.encode(JSON.stringify(value)) }
}

/** The fields of a JSON payload; none for whatever is not a JSON object. */
export function parseJson(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decoder.decode(payload))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Not `String(value)`: that throws for an object whose `toString` is no function. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
