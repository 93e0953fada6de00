import type { Duplex } from 'node:stream'

export type Kind = 'text' | 'binary'

const chunkBytes = 256 * 1024
const largestShortLength = 125
const largestMediumLength = 0xffff

/** RSV1, which says of a message that it is compressed (RFC 7692 §6). */
export const compressedBit = 0x40

/**
 * One unmasked, unfragmented data frame (RFC 6455 §5.2).
 *
 * @param bits of its first byte, besides.
 */
export function frame(payload: Buffer, kind: Kind, bits = 0): Buffer {
  const { length } = payload
  const first = (kind === 'text' ? 0x81 : 0x82) | bits
  if (length <= largestShortLength) return Buffer.concat([Buffer.from([first, length]), payload])
  if (length <= largestMediumLength) {
    const header = Buffer.from([first, 126, 0, 0])
    header.writeUInt16BE(length, 2)
    return Buffer.concat([header, payload])
  }
  const header = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0])
  header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/**
 * Writes so many frames, these in turn, as fast as the peer reads; in chunks, which cost the server next to
 * nothing: a ratio of two clients that both wait for the server would say nothing.
 */
export async function writeFrames(
  tcp: Duplex,
  frames: readonly Buffer[],
  count: number,
): Promise<void> {
  const bytes = frames.reduce((sum, { length }) => sum + length, 0)
  const turns = Math.min(Math.ceil(count / frames.length), Math.floor(chunkBytes / bytes))
  const repeated = Array.from({ length: Math.max(1, turns) }, () => frames).flat()
  const chunk = Buffer.concat(repeated)
  for (let left = count; left > 0; left -= repeated.length) {
    const part = left < repeated.length ? Buffer.concat(repeated.slice(0, left)) : chunk
    if (!tcp.write(part)) await drained(tcp)
    if (tcp.destroyed) return
  }
}

/** Resolves when the stream takes more, or never will. */
export function drained(tcp: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      tcp.off('drain', done).off('close', done)
      resolve()
    }
    tcp.on('drain', done).on('close', done)
  })
}
