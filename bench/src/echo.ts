import type { WebSocket } from 'ws'

import { filling } from './filling.js'
import { quantile } from './statistics.js'

/** A series of round trips as its URL describes it. */
export interface Echo {
  readonly count: number
  readonly size: number
}

/** What the server measured, in microseconds. */
export interface RoundTrips {
  readonly p50: number
  readonly p99: number
}

export function echoUrl(origin: string, { count, size }: Echo): string {
  return `${origin}/echo?count=${count}&size=${size}`
}

/** The series that a URL asks for. */
export function echoFrom({ searchParams }: URL): Echo {
  return { count: Number(searchParams.get('count')), size: Number(searchParams.get('size')) }
}

/**
 * Sends binary messages, each when the one before has come back, and ends with a text: the round
 * trips as JSON. The server has the clock, since it cannot know whom it is talking to.
 */
export function measureEcho(socket: WebSocket, { count, size }: Echo): void {
  const message = Buffer.alloc(size, filling)
  const samples: number[] = []
  let sent = 0
  const ping = (): void => {
    sent = performance.now()
    socket.send(message)
  }
  const onMessage = (data: Buffer): void => {
    samples.push((performance.now() - sent) * 1000)
    if (data.length !== size) return socket.close(1008, `${data.length} bytes came back`)
    if (samples.length < count) return ping()
    socket.off('message', onMessage)
    const trips: RoundTrips = { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) }
    socket.send(JSON.stringify(trips))
  }
  socket.on('message', onMessage)
  ping()
}
