import type { RawRecord } from './record.js'

// Made when they are needed: the engine's prelude loads this module before it defines them.
let encoder: InstanceType<typeof TextEncoder> | undefined
let decoder: InstanceType<typeof TextDecoder> | undefined

/** A record whose payload is JSON. */
export function jsonRecord(type: number, id: number, value: unknown): RawRecord {
  encoder ??= new TextEncoder()
  return { type, flags: 0, code: 0, id, payload: encoder.encode(JSON.stringify(value)) }
}

/** The fields of a JSON payload; none for whatever is not a JSON object. */
export function parseJson(payload: Uint8Array): Record<string, unknown> {
  // A byte order mark at the front of a text is part of it.
  decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
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

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
