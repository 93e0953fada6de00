import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  countedBytes,
  SocketTableReader,
  SocketTableWriter,
  tableFor,
} from '../../src/worker/socket-table.js'

const rows = 3
const limit = 1000

/** The main thread as the table serves it: sockets with a send buffer, and what is on its way to them. */
class Model {
  readonly words = tableFor(rows)
  readonly writer = new SocketTableWriter(this.words)
  readonly reader = new SocketTableReader(this.words)
  /** Bytes in the send buffer of each open socket. */
  readonly #buffered = new Map<number, number>()
  readonly #ring: { socket: number; bytes: number }[] = []
  #lastId = 0

  open(): void {
    const socket = ++this.#lastId
    this.#buffered.set(socket, 0)
    this.writer.open(socket, limit)
  }

  close(socket: number): void {
    this.#buffered.delete(socket)
    this.writer.close(socket)
  }

  /** Whether the table let it through. */
  send(socket: number, bytes: number): boolean {
    if (!this.reader.take(socket, bytes)) return false
    // A socket that is none takes nothing.
    expect(this.#buffered.has(socket)).toBe(true)
    this.#ring.push({ socket, bytes })
    return true
  }

  /** The main thread takes the next message out of the ring, as one `session.send`. */
  deliver(): void {
    const next = this.#ring.shift()
    if (next === undefined) return
    const { socket, bytes } = next
    const buffered = this.#buffered.get(socket)
    if (buffered === undefined) return this.writer.taken(socket, countedBytes(1, bytes), 0)
    const after = buffered + countedBytes(1, bytes)
    // Otherwise it would be refused when nobody listens any more.
    expect(after).toBeLessThanOrEqual(limit)
    this.#buffered.set(socket, after)
    this.writer.taken(socket, countedBytes(1, bytes), limit - after)
  }

  /** The system takes from the send buffer, of which the table hears later. */
  drain(socket: number, bytes: number): void {
    const buffered = this.#buffered.get(socket)
    if (buffered !== undefined) this.#buffered.set(socket, Math.max(0, buffered - bytes))
  }

  /** All that was on its way arrives. */
  settle(): void {
    while (this.#ring.length > 0) this.deliver()
  }

  roomOf(socket: number): number {
    return limit - (this.#buffered.get(socket) ?? limit)
  }
}

type Step = (model: Model) => void

const sockets = fc.integer({ min: -1, max: 8 })
const bytes = fc.integer({ min: 0, max: limit / 2 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step>((model) => model.open()) },
  {
    weight: 1,
    arbitrary: sockets.map(
      (id): Step =>
        (model) =>
          model.close(id),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(sockets, bytes).map(
      ([id, n]): Step =>
        (model) =>
          void model.send(id, n),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Step>((model) => model.deliver()) },
  {
    weight: 2,
    arbitrary: fc.tuple(sockets, bytes).map(
      ([id, n]): Step =>
        (model) =>
          model.drain(id, n),
    ),
  },
)

describe('the table of sockets', () => {
  it('never lets more through than there is room for, nor anything to a socket that is none', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 300 }), (sequence) => {
        const model = new Model()
        for (const step of sequence) step(model)
        model.settle()
      }),
      { numRuns: 1000 },
    )
  })

  it('lets everything through for which there is room, when all that was sent has arrived', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 50 }), (sizes) => {
        const model = new Model()
        model.open()
        for (const size of sizes) {
          const fits = model.roomOf(1) >= countedBytes(1, size)
          expect(model.send(1, size)).toBe(fits)
          model.settle()
        }
      }),
    )
  })

  it('has its rows for other sockets when some have closed, and none for those beyond', () => {
    const model = new Model()
    for (let id = 1; id <= rows + 1; id++) model.open()
    expect([1, 2, 3, 4].map((id) => model.reader.take(id, 1))).toEqual([true, true, true, false])
    model.close(2)
    expect(model.reader.take(2, 1)).toBe(false)
    model.open()
    expect(model.reader.take(5, limit - 14)).toBe(true)
    expect(model.reader.take(5, 0)).toBe(false)
  })
})
