import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

import { filling } from './filling.js'
import { frame } from './frames.js'
import { quantile } from './statistics.js'

/** A series of round trips as its URL describes it. */
export interface Echo {
  readonly count: number
  readonly size: number
  /** Messages of one round trip: that many are under way at a time. */
  readonly batch: number
}

/** What the server measured, in microseconds. */
export interface RoundTrips {
  readonly p50: number
  readonly p99: number
  /** Those that took so long that they are no part of the quantiles. */
  readonly stalls: number
}

/** What takes longer than this, in milliseconds, has not been slow: it has stalled. */
export const stallMs = 400

export function echoUrl(origin: string, { count, size, batch }: Echo): string {
  return `${origin}/echo?count=${count}&size=${size}&batch=${batch}`
}

/** The series that a URL asks for. */
export function echoFrom({ searchParams }: URL): Echo {
  return {
    count: Number(searchParams.get('count')),
    size: Number(searchParams.get('size')),
    batch: Number(searchParams.get('batch')),
  }
}

/**
 * Sends binary messages, the next ones when all before have come back, and ends with a text: the round
 * trips as JSON. The server has the clock, since it cannot know whom it is talking to. `tcp` is what `socket`
 * writes to.
 */
export function measureEcho(socket: WebSocket, tcp: Duplex, { count, size, batch }: Echo): void {
  const message = frame(Buffer.alloc(size, filling), 'binary')
  // In one write, at next to no cost for the server.
  const chunk = Buffer.concat(Array.from({ length: batch }, () => message))
  const samples: number[] = []
  let sent = 0
  let missing = 0
  const ping = (): void => {
    missing = batch
    sent = performance.now()
    tcp.write(chunk)
  }
  const onMessage = (data: Buffer): void => {
    if (data.length !== size) return socket.close(1008, `${data.length} bytes came back`)
    if (--missing > 0) return
    samples.push((performance.now() - sent) * 1000)
    if (samples.length < count) return ping()
    socket.off('message', onMessage)
    socket.send(JSON.stringify(roundTrips(samples)))
  }
  socket.on('message', onMessage)
  ping()
}

function roundTrips(samples: readonly number[]): RoundTrips {
  const moving = samples.filter((sample) => sample < stallMs * 1000)
  const counted = moving.length > 0 ? moving : samples
  return {
    p50: quantile(counted, 0.5),
    p99: quantile(counted, 0.99),
    stalls: samples.length - counted.length,
  }
}
