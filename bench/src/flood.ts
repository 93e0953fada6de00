import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

import { filling } from './filling.js'
import { drained, frame, writeFrames, type Kind } from './frames.js'
import { tickFrames } from './ticks.js'

/** A flood as its URL describes it. */
export interface Flood {
  readonly count: number
  readonly size: number
  readonly kind: Kind
  /**
   * How the server sends: whole chunks of finished frames, of which those of `deflate` are text like JSON,
   * compressed before; or `ws`, one message at a time.
   */
  readonly sender: 'frames' | 'deflate' | 'ws'
}

const senders = ['frames', 'deflate', 'ws'] as const

export function floodUrl(origin: string, { count, size, kind, sender }: Flood): string {
  return `${origin}/flood?count=${count}&size=${size}&kind=${kind}&sender=${sender}`
}

/** The flood that a URL asks for. */
export function floodFrom({ searchParams }: URL): Flood {
  return {
    count: Number(searchParams.get('count')),
    size: Number(searchParams.get('size')),
    kind: searchParams.get('kind') === 'text' ? 'text' : 'binary',
    sender: senders.find((sender) => sender === searchParams.get('sender')) ?? 'frames',
  }
}

/** Whether client and server agree to permessage-deflate for this URL. */
export function isCompressed(url: string): boolean {
  return floodFrom(new URL(url)).sender === 'deflate'
}

/** Sends a flood as fast as the peer reads. `tcp` is what `socket` writes to. */
export function sendFlood(socket: WebSocket, tcp: Duplex, flood: Flood): Promise<void> {
  if (flood.sender === 'ws') return sendMessages(socket, tcp, flood)
  if (flood.sender === 'deflate') return writeFrames(tcp, tickFrames(flood.size), flood.count)
  return writeFrames(tcp, [frame(Buffer.alloc(flood.size, filling), flood.kind)], flood.count)
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
