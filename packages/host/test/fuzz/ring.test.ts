import { recordBytes, type RawRecord } from '@extism-ws/protocol'
import fc from 'fast-check'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

import { RingReader, RingWriter } from '../../src/worker/ring.js'
import { Control, createSharedMemory, type SharedMemory } from '../../src/worker/shared.js'
import { programFile } from '../../src/worker/program-file.js'
import { readOneByOne } from '../worker/ring-records.js'

/** A ring of so many bytes that was used before, for as long as `position` says. */
function ringOf(bytes: number, position: number): SharedMemory {
  const memory = { ...createSharedMemory(), ring: new Uint8Array(new SharedArrayBuffer(bytes)) }
  memory.control[Control.ringRead] = position
  memory.control[Control.ringWritten] = position
  return memory
}

function recordOf(number: number, length: number): RawRecord {
  const payload = new Uint8Array(length).fill(number)
  // Messages, and others between them.
  return { type: number % 7 === 0 ? 255 : 2, flags: 1, code: length & 0xffff, id: number, payload }
}

/** Each payload is a view of the ring, which is written again. */
function copied(record: RawRecord): RawRecord {
  return { ...record, payload: record.payload.slice() }
}

const capacity = 1024
/** Where positions wrap around, too. */
const positions = fc.oneof(
  fc.integer({ min: 0, max: 2 * (capacity / 8) }).map((n) => n * 8),
  fc.integer({ min: 1, max: 2 * (capacity / 8) }).map((n) => -n * 8),
)
const lengths = fc.array(fc.integer({ min: 0, max: capacity / 4 - 16 }), {
  minLength: 1,
  maxLength: 100,
})

describe('the ring', () => {
  it('is read as it was written, whatever the sizes, by a reader who comes only when it is full', () => {
    fc.assert(
      fc.property(lengths, positions, (sizes, position) => {
        const memory = ringOf(capacity, position)
        const reader = new RingReader(memory)
        const read: RawRecord[] = []
        const drain = (): void => readOneByOne(reader, (record) => void read.push(copied(record)))
        const writer = new RingWriter(memory, drain)
        const records = sizes.map((length, number) => recordOf(number, length))
        for (const record of records) expect(writer.write(record)).toBe(true)
        drain()
        expect(read).toEqual(records)
      }),
    )
  })

  it('is read as it was written by a reader who comes at any time', () => {
    const steps = fc.array(fc.option(fc.integer({ min: 0, max: capacity / 4 - 16 })), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(steps, positions, (sizes, position) => {
        const memory = ringOf(capacity, position)
        const reader = new RingReader(memory)
        const read: RawRecord[] = []
        const written: RawRecord[] = []
        const drain = (): void => readOneByOne(reader, (record) => void read.push(copied(record)))
        const writer = new RingWriter(memory, drain)
        for (const [number, length] of sizes.entries()) {
          if (length === null) {
            drain()
            expect(read).toEqual(written)
          } else {
            const record = recordOf(number, length)
            writer.write(record)
            written.push(record)
          }
        }
        drain()
        expect(read).toEqual(written)
      }),
    )
  })

  it('refuses a record that takes more than a quarter of it, and is not changed by it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * capacity }), (length) => {
        const memory = ringOf(capacity, 0)
        const writer = new RingWriter(memory, () => {})
        const fits = recordBytes(length) <= capacity / 4
        expect(writer.fits(length)).toBe(fits)
        expect(writer.write(recordOf(1, length))).toBe(fits)
        expect(memory.control[Control.ringWritten]).toBe(fits ? recordBytes(length) : 0)
      }),
    )
  })

  it('loses nothing between two threads, though the reader is the slower one', async () => {
    const memory = ringOf(capacity, -capacity)
    const count = 5000
    const sizeOf = (number: number): number => (number * 7919) % (capacity / 4 - 16)
    const ringFile = new URL('ring.js', programFile).href
    const program = `
      import { workerData } from 'node:worker_threads'
      const { RingWriter } = await import(workerData.ringFile)
      const writer = new RingWriter(workerData.memory, () => {})
      for (const [number, length] of workerData.sizes.entries()) {
        const payload = new Uint8Array(length).fill(number)
        writer.write({ type: 2, flags: 0, code: 1, id: number, payload })
      }`
    const sizes = Array.from({ length: count }, (_, number) => sizeOf(number))
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: { memory, sizes, ringFile },
      execArgv: [],
    })
    const ended = new Promise((resolve, reject) =>
      worker.once('exit', resolve).once('error', reject),
    )
    const reader = new RingReader(memory)
    let read = 0
    let wrong = 0
    while (read < count) {
      readOneByOne(reader, ({ id, payload }) => {
        const fine = id === read && payload.length === sizeOf(id)
        if (!fine || payload.some((byte) => byte !== (id & 0xff))) wrong++
        read++
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await ended
    expect(wrong).toBe(0)
  })
})
