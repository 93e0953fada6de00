import { ByteWriter } from '../bytes/writer.js'
import { findInstructions, instructionEnd, opcodeSet } from './instruction.js'
import { op } from './op.js'

/** A shift of function indices: those from `first` on grow by `by`. */
export interface Shift {
  readonly first: number
  readonly by: number
}

const namesFunction = opcodeSet(op.call, op.refFunc)

/**
 * Shifts the function indices in the instructions from `start` on. An index is overwritten in place
 * where it needs no more bytes than it has; only where one outgrows its place, the bytes are copied.
 * The input is used up: what counts is the result.
 */
export function shiftFunctionIndices(
  bytes: Uint8Array,
  start: number,
  { first, by }: Shift,
): Uint8Array {
  let writer: ByteWriter | undefined
  let copied = 0
  for (const place of findInstructions(bytes, start, namesFunction)) {
    const end = instructionEnd(bytes, place)
    const index = readIndex(bytes, place + 1, end)
    if (index < first) continue
    const shifted = index + by
    const room = end - place - 1
    if (room > 4 || shifted < 1 << (7 * room)) {
      writeIndex(bytes, place + 1, end, shifted)
    } else {
      writer ??= new ByteWriter(bytes.length + 16)
      writer.put(bytes.subarray(copied, place + 1))
      writer.u32(shifted)
      copied = end
    }
  }
  if (writer === undefined) return bytes
  writer.put(bytes.subarray(copied))
  return writer.finish()
}

function readIndex(bytes: Uint8Array, start: number, end: number): number {
  let index = 0
  for (let at = end - 1; at >= start; at--) index = index * 128 + ((bytes[at] ?? 0) & 0x7f)
  return index
}

/** Fills all bytes from `start` to `end`: LEB128 may be longer than it needs to be. */
function writeIndex(bytes: Uint8Array, start: number, end: number, index: number): void {
  let rest = index
  for (let at = start; at < end - 1; at++) {
    bytes[at] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[end - 1] = rest
}
