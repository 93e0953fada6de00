import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** A flood as its URL describes it. */
export interface Flood {
  readonly count: number
  readonly size: number
  readonly kind: 'text' | 'binary'
  /** How the server sends: whole chunks of finished frames, or `ws`, one message at a time. */
  readonly sender: 'frames' | 'ws'
}

/** What messages consist of, so that they are text and binary alike. */
export const filling = 0x78
const chunkBytes = 256 * 1024
const largestShortLength = 125
const largestMediumLength = 0xffff

/** What the reader of a flood adds up: the length and the first byte of each message. */
export function checksum({ count, size }: Flood): number {
  return count * (size + filling)
}

export function floodUrl(origin: string, { count, size, kind, sender }: Flood): string {
  return `${origin}/flood?count=${count}&size=${size}&kind=${kind}&sender=${sender}`
}

/** The flood that a URL asks for. */
export function floodFrom({ searchParams }: URL): Flood {
  return {
    count: Number(searchParams.get('count')),
    size: Number(searchParams.get('size')),
    kind: searchParams.get('kind') === 'text' ? 'text' : 'binary',
    sender: searchParams.get('sender') === 'ws' ? 'ws' : 'frames',
  }
}

/** Sends a flood as fast as the peer reads. `tcp` is what `socket` writes to. */
export function sendFlood(socket: WebSocket, tcp: Duplex, flood: Flood): Promise<void> {
  return flood.sender === 'ws' ? sendMessages(socket, tcp, flood) : writeFrames(tcp, flood)
}

/** As most servers do it. With small messages this is slower than what reads them. */
async function sendMessages(socket: WebSocket, tcp: Duplex, flood: Flood): Promise<void> {
  const message = Buffer.alloc(flood.size, filling)
  for (let left = flood.count; left > 0; left--) {
    socket.send(message, { binary: flood.kind === 'binary' })
    if (tcp.writableNeedDrain) await drained(tcp)
    if (tcp.destroyed) return
  }
}

/**
 * At next to no cost for the server, so that the client is what limits the flood: a ratio of two
 * clients that both wait for the server would say nothing.
 */
async function writeFrames(tcp: Duplex, { count, size, kind }: Flood): Promise<void> {
  const one = frame(size, kind)
  const perChunk = Math.min(count, Math.max(1, Math.floor(chunkBytes / one.length)))
  const chunk = Buffer.concat(Array.from({ length: perChunk }, () => one))
  for (let left = count; left > 0; left -= perChunk) {
    const part = left >= perChunk ? chunk : chunk.subarray(0, left * one.length)
    if (!tcp.write(part)) await drained(tcp)
    if (tcp.destroyed) return
  }
}

/** One unmasked, unfragmented data frame (RFC 6455 §5.2). */
function frame(size: number, kind: Flood['kind']): Buffer {
  const payload = Buffer.alloc(size, filling)
  const first = kind === 'text' ? 0x81 : 0x82
  if (size <= largestShortLength) return Buffer.concat([Buffer.from([first, size]), payload])
  if (size <= largestMediumLength) {
    const header = Buffer.from([first, 126, 0, 0])
    header.writeUInt16BE(size, 2)
    return Buffer.concat([header, payload])
  }
  const header = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0])
  header.writeBigUInt64BE(BigInt(size), 2)
  return Buffer.concat([header, payload])
}

/** Resolves when the stream takes more, or never will. */
function drained(tcp: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      tcp.off('drain', done).off('close', done)
      resolve()
    }
    tcp.on('drain', done).on('close', done)
  })
}
