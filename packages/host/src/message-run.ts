import { EwsError, Opcode, recordHeaderBytes, recordSizeAt, RecordType } from '@extism-ws/protocol'

/** Messages of one socket, one behind the other: whole records of a block, which may be guest memory. */
export interface MessageRun {
  readonly socket: number
  readonly block: Uint8Array
  /** The same bytes, as numbers. */
  readonly view: DataView
  /** Where the first record begins, and the last one ends. */
  readonly start: number
  readonly end: number
  /** How many they are. */
  readonly count: number
  /** Of all payloads. */
  readonly bytes: number
}

/**
 * Reads the messages of a block of records, which a hostile guest wrote: `take` gets those of one socket that follow
 * each other at once. Answers how many there were.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` for a record that is cut short, or a kind that is none, and what `take` throws:
 *   those before have been taken.
 */
export function takeRuns(block: Uint8Array, take: (run: MessageRun) => void): number {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  let [socket, start, end, count, bytes, total] = [0, 0, 0, 0, 0, 0]
  const taken = (): void => {
    if (count === 0) return
    take({ socket, block, view, start, end, count, bytes })
    total += count
    count = 0
  }
  let size = 0
  for (let at = 0; at < block.length; at += size) {
    size = recordSizeAt(view, at, block.length)
    if (size === 0) {
      taken()
      throw new EwsError('EWS_BAD_REQUEST', `record ${total} of the block is cut short`)
    }
    if (view.getUint8(at + 4) !== RecordType.message) {
      taken()
      continue
    }
    const id = view.getUint32(at + 8, true)
    const kind = view.getUint16(at + 6, true)
    if (id !== socket || !isKind(kind)) taken()
    checkKind(kind)
    if (count === 0) {
      socket = id
      start = at
      bytes = 0
    }
    count++
    bytes += view.getUint32(at + 12, true)
    end = at + size
  }
  taken()
  return total
}

/** The messages of a run, one by one. */
export function eachMessage(
  { block, view, start, end }: MessageRun,
  send: (kind: number, data: Uint8Array) => void,
): void {
  for (let at = start; at < end; at += view.getUint32(at, true)) {
    const from = at + recordHeaderBytes
    send(view.getUint16(at + 6, true), block.subarray(from, from + view.getUint32(at + 12, true)))
  }
}

/** @throws {EwsError} `EWS_BAD_REQUEST` for what is no opcode of a message. */
export function checkKind(kind: number): void {
  if (isKind(kind)) return
  throw new EwsError('EWS_BAD_REQUEST', `kind must be 1 (text) or 2 (binary), got ${kind}`)
}

function isKind(kind: number): boolean {
  return kind === Opcode.text || kind === Opcode.binary
}
