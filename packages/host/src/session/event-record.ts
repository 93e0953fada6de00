import {
  recordHeaderBytes,
  RecordType,
  writeRecord,
  writeRecordAround,
  type RawRecord,
} from '@extism-ws/protocol'

import { Pieces, type Payload } from '../pieces.js'

/** An event of a socket that waits for the guest. */
export interface EventRecord extends RawRecord {
  /** What the payload is made of, if nobody has put it together yet. */
  readonly pieces?: Pieces
}

export function messageRecord(id: number, kind: number, data: Payload): EventRecord {
  if (!(data instanceof Pieces)) {
    return { type: RecordType.message, flags: 0, code: kind, id, payload: data }
  }
  return {
    type: RecordType.message,
    flags: 0,
    code: kind,
    id,
    pieces: data,
    get payload() {
      return data.whole
    },
  }
}

export function payloadBytes(record: EventRecord): number {
  return record.pieces === undefined ? record.payload.length : record.pieces.length
}

/** Writes a record, with one copy of its payload; see `writeRecord`. */
export function writeEvent(
  block: Uint8Array,
  view: DataView,
  offset: number,
  record: EventRecord,
): number {
  const { pieces } = record
  if (pieces === undefined) return writeRecord(block, view, offset, record)
  pieces.copyTo(block, offset + recordHeaderBytes)
  return writeRecordAround(block, view, offset, record, pieces.length)
}
