import fc from 'fast-check'
import { expect, it } from 'vitest'

import type { TransportListener } from '../../src/connection/transport.js'
import { Feed, type FeedListener } from '../../src/hub/feed.js'
import { FakeTransport } from '../connection/fake-transport.js'

const bounds = { bufferMessages: 5, bufferBytes: 1000 }

/** One who listens, and does something at a message now and then. */
class Listener implements FeedListener {
  readonly got: number[] = []
  closes = 0
  /** Messages that were sent before it joined. */
  readonly from: number
  paused = false
  onMessage: (number: number) => void = () => {}

  constructor(from: number) {
    this.from = from
  }

  opened(): void {}
  failed(): void {}
  reconnecting(): void {}
  reconnected(): void {}
  message(_kind: number, data: Buffer): boolean {
    expect(this.closes).toBe(0)
    this.got.push(data.readUInt32LE())
    this.onMessage(this.got.length)
    return !this.paused
  }
  closed(): void {
    this.closes++
  }
}

const step = fc.record({
  what: fc.constantFrom('join', 'leave', 'pause', 'resume', 'message', 'message', 'message', 'end'),
  who: fc.nat(5),
  // At its next message a listener does this to itself.
  later: fc.constantFrom(undefined, 'leave', 'pause'),
})

it('a feed gives each listener every message from when it joined, in order, and one end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const transport = new FakeTransport()
      let events: TransportListener | undefined
      const feed = new Feed(
        (listener) => {
          events = listener
          return transport
        },
        [],
        bounds,
      )
      let ends = 0
      feed.onEnd = () => ends++
      events?.opened({ url: 'ws://x/', protocol: '', extensions: '' })
      const joined: Listener[] = []
      const left = new Set<Listener>()
      let sent = 0
      for (const { what, who, later } of steps) {
        const listener = joined[who % Math.max(1, joined.length)]
        if (ends > 0 || transport.closed) break
        if (what === 'join') {
          const one = new Listener(sent)
          joined.push(one)
          feed.join(one)
          // It is told of what happens when its caller knows that it has joined.
          await null
        } else if (what === 'message') {
          // A server that is held back sends nothing, but what was under way.
          const data = Buffer.alloc(4)
          data.writeUInt32LE(sent++)
          events?.message(1, data)
        } else if (what === 'end') {
          events?.closed(1000, '', true)
        } else if (listener !== undefined) {
          if (what === 'leave') {
            left.add(listener)
            feed.leave(listener)
          } else {
            listener.paused = what === 'pause'
            feed.pause(listener, listener.paused)
          }
          if (later !== undefined) {
            listener.onMessage = () => {
              listener.onMessage = () => {}
              if (later === 'pause') {
                listener.paused = true
                feed.pause(listener, true)
              } else {
                left.add(listener)
                feed.leave(listener)
              }
            }
          }
        }
        const there = joined.filter((one) => !left.has(one) && one.closes === 0)
        // The server waits when, and only when, everybody does.
        if (ends === 0 && there.length > 0) {
          expect(transport.paused).toBe(there.every(({ paused }) => paused))
        }
      }
      for (const one of joined) {
        expect(one.got).toEqual(one.got.map((_, i) => one.from + i))
        expect(one.closes).toBeLessThanOrEqual(left.has(one) ? 0 : 1)
        // Whoever read all the time has everything.
        const reads = !one.paused && !left.has(one) && one.closes === 0
        if (reads) expect(one.got.length).toBe(sent - one.from)
      }
      // Those that did not read hear of the end when they have read the rest.
      for (const one of joined) {
        one.onMessage = () => {}
        one.paused = false
        feed.pause(one, false)
        if (ends > 0 && !left.has(one)) expect(one.closes).toBe(1)
      }
    }),
    { numRuns: 3000 },
  )
})
