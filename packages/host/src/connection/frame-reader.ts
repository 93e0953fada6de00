import { Opcode } from '@extism-ws/protocol'
import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import { readChunk } from '../chunk-end.js'
import { areUtf8 } from '../pieces.js'

// RFC 6455 §5.2 and §5.5.
const final = 0x80
const text = final | Opcode.text
const binary = final | Opcode.binary
const ping = final | 9
const pong = final | 10
const controlHeader = 2
const mostOfControl = 125
const masked = 0x80
const length16 = 126
const length64 = 127

/** From this length on a message in pieces is told of in pieces: what it costs to put them together is worth it. */
const leastInPieces = 16_384

/** So many pieces of a message are put together before it is whole: each keeps the block in memory that it came in. */
const mostPieces = 256
/** What they come to stays as it is from this size on: no byte is copied for every 256 pieces behind it. */
const largePiece = 65_536

/** Shorter texts are looked at here: a call of Node's function costs more. */
const shortText = 24

/**
 * Reads messages of one frame, as nearly all are, past the receiver of `ws`, which costs as much as all the rest where
 * many small ones come at once. `ws` reads everything else: pings and pongs, and from the first frame that is
 * neither, nor such a message, all that comes: fragments, closing, faults. Whoever read it, `ws` tells of it, in order.
 *
 * @param ws a client's that opens now: nothing was read yet.
 * @param messageBytes how large a message may be, as `ws` was told.
 */
export function readFrames(ws: WebSocket, tcp: Duplex, messageBytes: number): void {
  const [theirs, another] = tcp.listeners('data')
  // What is compressed takes its time, and what is behind it has to wait.
  if (theirs === undefined || another !== undefined || ws.extensions !== '') return
  const reader = new FrameReader(ws, messageBytes, theirs.bind(tcp))
  const read = (chunk: Buffer): void => reader.read(chunk)
  const listener = (chunk: Buffer): void => readChunk(chunk, read)
  tcp.on('data', listener)
  tcp.off('data', theirs as typeof listener)
  // `ws` takes its own off when it wants no more: Node finds a listener by what it wraps, too, as that of `once`.
  Object.assign(listener, { listener: theirs })
  // Then `ws` reads what is left by itself.
  tcp.prependListener('close', () => reader.handOver())
}

class FrameReader {
  readonly #ws: WebSocket
  readonly #most: number
  readonly #theirs: (chunk: Buffer) => void
  #handedOver = false
  /** Bytes to come of a ping or pong, which `ws` reads. */
  #passing = 0
  /** What came of a frame that is not whole, with its header. */
  #pieces: Buffer[] = []
  /** How many of them were put together, and stay. */
  #large = 0
  /** Bytes to come until it is, or until its header says more. */
  #missing = 0
  /** Bytes of its header, if it is a large message. */
  #largeHeader = 0

  constructor(ws: WebSocket, messageBytes: number, theirs: (chunk: Buffer) => void) {
    this.#ws = ws
    this.#most = messageBytes
    this.#theirs = theirs
  }

  read(chunk: Buffer): void {
    let at = 0
    while (this.#pieces.length > 0) {
      const missing = this.#missing
      const here = chunk.length - at
      if (missing > here) return this.#keep(chunk.subarray(at), missing - here)
      const header = this.#largeHeader
      const begun = [...this.#takePieces(), chunk.subarray(at, at + missing)]
      at += missing
      if (header === 0) this.#readFrom(Buffer.concat(begun), 0)
      else this.#finish(begun, header)
    }
    this.#readFrom(chunk, at)
  }

  /** `ws` reads what comes from here on, and what is not whole yet. */
  handOver(): void {
    this.#handedOver = true
    for (const piece of this.#takePieces()) this.#theirs(piece)
  }

  /** @param at where a frame begins, or where that of `ws` goes on. */
  #readFrom(chunk: Buffer, at: number): void {
    const end = chunk.length
    while (at < end && !this.#handedOver) {
      if (this.#passing > 0) {
        at = this.#pass(chunk, at)
        continue
      }
      const first = chunk[at]
      const second = chunk[at + 1]
      if (second === undefined) return this.#keep(chunk.subarray(at), 1)
      if (first !== binary && first !== text) {
        if ((first !== ping && first !== pong) || second > mostOfControl) break
        this.#passing = controlHeader + second
        continue
      }
      if (second >= masked) break
      const body = at + headerBytes(second)
      if (body > end) return this.#keep(chunk.subarray(at), body - end)
      const length = payloadBytes(chunk, at, second)
      if (length > this.#most) break
      const next = body + length
      if (next > end) {
        this.#keep(chunk.subarray(at), next - end)
        if (length >= leastInPieces) this.#largeHeader = body - at
        return
      }
      const data = chunk.subarray(body, next)
      if (first === text && !isText(data)) break
      at = next
      this.#ws.emit('message', data, first === binary)
    }
    if (at === end) return
    this.handOver()
    this.#theirs(chunk.subarray(at))
  }

  /** A large message is whole. */
  #finish(frame: readonly Buffer[], header: number): void {
    const [first = Buffer.alloc(0), ...others] = frame
    const data = [first.subarray(header), ...others]
    const isBinary = first[0] === binary
    if (isBinary || areUtf8(data)) this.#ws.emit('message', data, isBinary)
    else {
      this.handOver()
      for (const piece of frame) this.#theirs(piece)
    }
  }

  /** Gives `ws` what is here of its frame, and says where that ends. */
  #pass(chunk: Buffer, at: number): number {
    const next = Math.min(at + this.#passing, chunk.length)
    this.#passing -= next - at
    this.#theirs(chunk.subarray(at, next))
    return next
  }

  #keep(piece: Buffer, missing: number): void {
    this.#pieces.push(piece)
    this.#missing = missing
    if (this.#pieces.length - this.#large < mostPieces) return
    const together = Buffer.concat(this.#pieces.splice(this.#large))
    if (together.length >= largePiece) this.#large++
    this.#pieces.push(together)
  }

  #takePieces(): Buffer[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#large = 0
    this.#largeHeader = 0
    return pieces
  }
}

/** Of a header, as far as its second byte says. */
function headerBytes(second: number): number {
  return second === length16 ? 4 : second === length64 ? 10 : 2
}

function payloadBytes(frame: Buffer, at: number, second: number): number {
  if (second === length16) return frame.readUInt16BE(at + 2)
  if (second === length64) return frame.readUInt32BE(at + 2) * 2 ** 32 + frame.readUInt32BE(at + 6)
  return second
}

function isText(data: Buffer): boolean {
  if (data.length >= shortText) return isUtf8(data)
  for (const byte of data) if (byte >= 0x80) return isUtf8(data)
  return true
}
