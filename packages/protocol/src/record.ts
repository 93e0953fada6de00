/**
 * Records: how events, batched sends and settled calls cross the boundary (docs/abi.md §3).
 *
 * Little-endian, 16-byte header, payload, zero padding up to a multiple of 8:
 *
 *     0  u32  size     whole record in bytes: header, payload and padding
 *     4  u8   type     see RecordType; unknown types are skipped by size
 *     5  u8   flags    see RecordFlag
 *     6  u16  code     opcode of a message, code of a close
 *     8  u32  id       socket, or call for settled calls
 *    12  u32  length   payload in bytes
 *    16       payload
 */
export const recordHeaderBytes = 16

export const RecordType = {
  open: 1,
  message: 2,
  close: 3,
  error: 4,
  drain: 5,
  /** The connection is lost, and the host tries another one. */
  reconnecting: 6,
  /** Another connection has taken its place. */
  reconnected: 7,
  /** A pending call settled with an output. */
  result: 16,
  /** A pending call settled with an error. */
  failure: 17,
  /** The guest asks for an HTTP request. */
  request: 18,
  /** The guest gives a request up. */
  abort: 19,
  /** Status and headers of an HTTP response. */
  response: 32,
  /** A piece of a response's body. */
  body: 33,
  /** The body of a response is complete. */
  end: 34,
  /** A request failed. */
  failed: 35,
  /** The host's caller gave a pending call up. */
  cancel: 36,
  /** Why the plugin was built anew; the first record of `onRestart`'s input. */
  restart: 37,
  /** A socket that the plugin had before it was built anew. */
  restored: 38,
  /** A connection that the host was asked for and hands to the plugin: `onConnection`'s input. */
  accepted: 39,
} as const

export const RecordFlag = {
  /** On close: the closing handshake was completed (WHATWG `wasClean`). */
  clean: 1,
  /** On result: the call has an output (an empty one differs from none). */
  output: 1,
  /** On an event in the input of `onRestart`: it was taken before, and may have been handled. */
  taken: 2,
} as const

/** Opcodes of RFC 6455 §5.2; also the `kind` of `ws_send`. */
export const Opcode = { text: 1, binary: 2 } as const

/** A record whose payload is still a view of the block it was read from. */
export interface RawRecord {
  readonly type: number
  readonly flags: number
  readonly code: number
  readonly id: number
  readonly payload: Uint8Array
}

/** Bytes that a record with this payload takes, padding included. */
export function recordBytes(payloadLength: number): number {
  // No bit operations: they would turn sizes from 2 GiB on negative.
  const unpadded = recordHeaderBytes + payloadLength
  return unpadded + ((8 - (unpadded % 8)) % 8)
}

/** Writes one record at `offset`; the caller has made sure that `recordBytes` fit. Returns its size. */
export function writeRecord(
  block: Uint8Array,
  view: DataView,
  offset: number,
  record: RawRecord,
): number {
  const { payload } = record
  block.set(payload, offset + recordHeaderBytes)
  return writeRecordAround(block, view, offset, record, payload.length)
}

/** The same but for the payload, for which it leaves room. */
export function writeRecordAround(
  block: Uint8Array,
  view: DataView,
  offset: number,
  record: Omit<RawRecord, 'payload'>,
  payloadLength: number,
): number {
  const size = recordBytes(payloadLength)
  const end = offset + recordHeaderBytes + payloadLength
  view.setUint32(offset, size, true)
  view.setUint8(offset + 4, record.type)
  view.setUint8(offset + 5, record.flags)
  view.setUint16(offset + 6, record.code, true)
  view.setUint32(offset + 8, record.id, true)
  view.setUint32(offset + 12, payloadLength, true)
  if (end < offset + size) block.fill(0, end, offset + size)
  return size
}

/** Records one after the other, as one new block. */
export function encodeRecords(records: readonly RawRecord[]): Uint8Array {
  const total = records.reduce((sum, record) => sum + recordBytes(record.payload.length), 0)
  const block = new Uint8Array(total)
  const view = new DataView(block.buffer)
  let offset = 0
  for (const record of records) offset += writeRecord(block, view, offset, record)
  return block
}

/**
 * The size of the record at `at`, which a hostile sender wrote; 0 when it is cut short, overlaps `end` or has an
 * impossible length, so that nothing from there on can be read.
 */
export function recordSizeAt(view: DataView, at: number, end: number): number {
  if (end - at < recordHeaderBytes) return 0
  const size = view.getUint32(at, true)
  const isWhole = size % 8 === 0 && size <= end - at
  return isWhole && size >= recordHeaderBytes + view.getUint32(at + 12, true) ? size : 0
}

/**
 * The records of a block. A hostile sender wrote it: a record that is cut short, overlaps the end
 * or has an impossible length ends the sequence with `undefined`, so that nothing behind it is read.
 */
export function* readRecords(block: Uint8Array): Generator<RawRecord | undefined, void> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  let offset = 0
  while (offset < block.length) {
    const size = recordSizeAt(view, offset, block.length)
    if (size === 0) return yield undefined
    const length = view.getUint32(offset + 12, true)
    yield {
      type: view.getUint8(offset + 4),
      flags: view.getUint8(offset + 5),
      code: view.getUint16(offset + 6, true),
      id: view.getUint32(offset + 8, true),
      payload: block.subarray(offset + recordHeaderBytes, offset + recordHeaderBytes + length),
    }
    offset += size
  }
}
