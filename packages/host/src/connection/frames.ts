import { Socket } from 'node:net'
import { endianness } from 'node:os'
import type { Duplex } from 'node:stream'
import { frameHeaderBytes, recordHeaderBytes } from '@extism-ws/protocol'

import type { MessageRun } from '../message-run.js'
import { nextMask } from './mask.js'

// RFC 6455 §5.2.
const final = 0x80
const masked = 0x80
const length16 = 126
const length64 = 127
const maskBytes = 4

/** From this length on a payload is copied first, and masked by words, of which the lowest byte comes first. */
const leastWords = endianness() === 'LE' ? 48 : Infinity

/** Larger frames are written from a block of their own, or from this one when it is free. */
const spareBytes = 65_536
let spare: Buffer | undefined

/**
 * Writes messages as frames, all in one Buffer: `ws` makes a Buffer and a write of each, which costs more than the
 * message where messages are small.
 *
 * @param masks whether they are a client's.
 */
export function writeFrames(tcp: Duplex, run: MessageRun, masks: boolean): void {
  const most = run.bytes + run.count * frameHeaderBytes
  // Below, Buffers come from a pool of Node's. New memory is dear: the system clears its pages.
  const block = most > Buffer.poolSize / 2 && most <= spareBytes ? takeSpare() : undefined
  tcp.write(framesOf(run, masks, block ?? Buffer.allocUnsafe(most)))
  // The system has it all. A stream of another kind may refer to it nevertheless.
  if (tcp instanceof Socket && tcp.writableLength === 0) spare ??= block
}

function takeSpare(): Buffer {
  const block = spare ?? Buffer.allocUnsafeSlow(spareBytes)
  spare = undefined
  return block
}

function framesOf({ block, view, start, end }: MessageRun, masks: boolean, frames: Buffer): Buffer {
  let words: Int32Array | undefined
  let to = 0
  for (let at = start; at < end; at += view.getUint32(at, true)) {
    const length = view.getUint32(at + 12, true)
    const from = at + recordHeaderBytes
    frames[to++] = final | view.getUint16(at + 6, true)
    to = writeLength(frames, to, length, masks ? masked : 0)
    if (masks) {
      const mask = nextMask()
      frames[to] = mask
      frames[to + 1] = mask >>> 8
      frames[to + 2] = mask >>> 16
      frames[to + 3] = mask >>> 24
      to += maskBytes
      if (length < leastWords) {
        for (let i = 0; i < length; i++) {
          frames[to + i] = (block[from + i] ?? 0) ^ (mask >>> ((i & 3) << 3))
        }
      } else {
        frames.set(block.subarray(from, from + length), to)
        // A view of words begins at a multiple of four.
        words ??= new Int32Array(frames.buffer, 0, frames.buffer.byteLength >>> 2)
        applyMask(frames, words, to, length, mask)
      }
    } else frames.set(block.subarray(from, from + length), to)
    to += length
  }
  return frames.subarray(0, to)
}

function writeLength(frames: Buffer, at: number, length: number, bit: number): number {
  if (length < length16) {
    frames[at] = bit | length
    return at + 1
  }
  if (length < 65_536) {
    frames[at] = bit | length16
    frames[at + 1] = length >>> 8
    frames[at + 2] = length
    return at + 3
  }
  frames[at] = bit | length64
  frames.writeUInt32BE(0, at + 1)
  frames.writeUInt32BE(length, at + 5)
  return at + 9
}

/** RFC 6455 §5.3, four bytes at a time: `words` is the same memory. */
function applyMask(
  frames: Buffer,
  words: Int32Array,
  at: number,
  length: number,
  mask: number,
): void {
  const end = at + length
  // Bytes up to a whole word, which is masked by the key as it is turned there.
  const ahead = -(frames.byteOffset + at) & 3
  for (let i = 0; i < ahead; i++) frames[at + i] = (frames[at + i] ?? 0) ^ (mask >>> (i << 3))
  const turned = ahead === 0 ? mask : (mask >>> (ahead << 3)) | (mask << (32 - (ahead << 3)))
  const first = (frames.byteOffset + at + ahead) >>> 2
  const last = (frames.byteOffset + end) >>> 2
  let i = first
  // Four in a step: twice as fast.
  for (const most = last - 3; i < most; i += 4) {
    words[i] = (words[i] ?? 0) ^ turned
    words[i + 1] = (words[i + 1] ?? 0) ^ turned
    words[i + 2] = (words[i + 2] ?? 0) ^ turned
    words[i + 3] = (words[i + 3] ?? 0) ^ turned
  }
  for (; i < last; i++) words[i] = (words[i] ?? 0) ^ turned
  for (let j = (last << 2) - frames.byteOffset, turn = 0; j < end; j++, turn += 8) {
    frames[j] = (frames[j] ?? 0) ^ (turned >>> turn)
  }
}
