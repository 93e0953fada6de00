import { isUtf8 } from 'node:buffer'

/** Bytes that came in several pieces, and are put together where they go: large messages, which else were copied twice. */
export class Pieces {
  readonly length: number
  readonly #pieces: readonly Buffer[]
  #whole: Buffer | undefined

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces
    this.length = pieces.reduce((sum, { length }) => sum + length, 0)
  }

  /** All of it, where that is needed. */
  get whole(): Buffer {
    return (this.#whole ??= Buffer.concat(this.#pieces))
  }

  copyTo(block: Uint8Array, at: number): void {
    for (const piece of this.#pieces) {
      block.set(piece, at)
      at += piece.length
    }
  }
}

/** What a message carries. */
export type Payload = Buffer | Pieces

/** Whether pieces are UTF-8, of which a character may lie in two. */
export function areUtf8(pieces: readonly Buffer[]): boolean {
  let begun: Buffer = Buffer.alloc(0)
  for (const piece of pieces) {
    const missing = begun.length === 0 ? 0 : characterBytes(begun[0]) - begun.length
    const rest = piece.subarray(missing)
    if (missing > 0) begun = Buffer.concat([begun, piece.subarray(0, missing)])
    if (rest.length === 0 && begun.length < characterBytes(begun[0])) continue
    const end = lastWhole(rest)
    if (!isUtf8(begun) || !isUtf8(rest.subarray(0, end))) return false
    begun = rest.subarray(end)
  }
  return begun.length === 0
}

/** Of what begins with this byte, if it is right. */
function characterBytes(first = 0): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
}

/** Where a character begins that is not whole, or the end. */
function lastWhole(piece: Buffer): number {
  for (let back = 1; back <= Math.min(3, piece.length); back++) {
    const byte = piece[piece.length - back] ?? 0
    if (byte >= 0xc0) return characterBytes(byte) > back ? piece.length - back : piece.length
    if (byte < 0x80) break
  }
  return piece.length
}
