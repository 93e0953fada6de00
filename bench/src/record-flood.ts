import { encode } from '@msgpack/msgpack'
import type { Duplex } from 'node:stream'

import { frame, writeFrames } from './frames.js'
import { tradeAt, trades } from './records.js'

export type Format = 'json' | 'msgpack'

/** A flood of records as its URL describes it. */
export interface RecordFlood {
  readonly count: number
  readonly format: Format
}

export function recordsUrl(origin: string, { count, format }: RecordFlood): string {
  return `${origin}/records?count=${count}&format=${format}`
}

/** The flood that a URL asks for. */
export function recordsFrom({ searchParams }: URL): RecordFlood {
  return {
    count: Number(searchParams.get('count')),
    format: searchParams.get('format') === 'msgpack' ? 'msgpack' : 'json',
  }
}

/** Sends trades as fast as the peer reads. */
export function sendRecords(tcp: Duplex, { count, format }: RecordFlood): Promise<void> {
  const frames = Array.from({ length: trades }, (_, i) =>
    format === 'json'
      ? frame(Buffer.from(JSON.stringify(tradeAt(i))), 'text')
      : frame(Buffer.from(encode(tradeAt(i))), 'binary'),
  )
  return writeFrames(tcp, frames, count)
}
