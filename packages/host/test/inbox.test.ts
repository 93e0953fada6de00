import { EwsError, readRecords, recordBytes, type RawRecord } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { Pieces } from '../src/pieces.js'
import { messageRecord, type EventRecord } from '../src/session/event-record.js'
import { Inbox } from '../src/session/inbox.js'

const message = (socket: number, text: string): EventRecord =>
  messageRecord(socket, 1, Buffer.from(text))

function drain(inbox: Inbox, bytes: number, socket?: number, count = Infinity): string[] {
  const block = new Uint8Array(bytes)
  const taken: RawRecord[] = []
  const written = inbox.drain(block, socket, count, (record) => taken.push(record))
  const read = [...readRecords(block.subarray(0, written))]
  expect(read).toHaveLength(taken.length)
  return read.map((record) => `${record?.id} ${new TextDecoder().decode(record?.payload)}`)
}

describe('Inbox', () => {
  const bounds = { inboxBytes: 100, inboxEvents: 8 }

  it('hands out events in order, as many as fit', () => {
    const inbox = new Inbox(bounds)
    for (const text of ['a', 'b', 'c']) inbox.push(message(1, text))
    expect(drain(inbox, 2 * recordBytes(1))).toEqual(['1 a', '1 b'])
    expect(drain(inbox, 1000)).toEqual(['1 c'])
    expect(drain(inbox, 1000)).toEqual([])
    expect(inbox.size).toBe(0)
  })

  it('hands out the events of one socket, and keeps the others in place', () => {
    const inbox = new Inbox(bounds)
    for (const [socket, text] of [
      [1, 'a'],
      [2, 'b'],
      [1, 'c'],
      [2, 'd'],
    ] as const) {
      inbox.push(message(socket, text))
    }
    expect(drain(inbox, 1000, 2, 1)).toEqual(['2 b'])
    expect(drain(inbox, 1000, 3)).toEqual([])
    expect(drain(inbox, 1000)).toEqual(['1 a', '1 c', '2 d'])
  })

  it('hands out a message in pieces as one that is whole', () => {
    const inbox = new Inbox(bounds)
    const pieces = new Pieces(['a', 'bcd', '', 'efgh'].map((text) => Buffer.from(text)))
    inbox.push(messageRecord(1, 1, pieces))
    inbox.push(message(2, 'next'))
    expect(inbox.bytes).toBe(12)
    expect(() => drain(inbox, recordBytes(8) - 1)).toThrow('needs 24 bytes')
    expect(drain(inbox, 1000)).toEqual(['1 abcdefgh', '2 next'])
    expect(inbox.bytes).toBe(0)
  })

  it('keeps an event that is too large for the block, and says what it needs', () => {
    const inbox = new Inbox(bounds)
    inbox.push(message(1, 'x'.repeat(50)))
    const needed = recordBytes(50)
    try {
      drain(inbox, needed - 1)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(EwsError)
      expect(error).toMatchObject({ code: 'EWS_TOO_SMALL', needed })
    }
    expect(drain(inbox, needed)).toHaveLength(1)
  })

  it.each([
    ['bytes', 10, 10],
    ['events', 8, 1],
  ])('tells once that it is full by %s, and once that it is not', (_name, count, size) => {
    const inbox = new Inbox(bounds)
    const told: boolean[] = []
    inbox.onFull = (full) => told.push(full)
    for (let i = 0; i < count + 3; i++) inbox.push(message(1, 'x'.repeat(size)))
    expect(told).toEqual([true])
    expect(inbox.full).toBe(true)
    drain(inbox, 2 * recordBytes(size))
    expect(told).toEqual([true])
    drain(inbox, 100_000)
    expect(told).toEqual([true, false])
  })

  it('stays small when thousands of events pass', () => {
    const inbox = new Inbox({ inboxBytes: 1e9, inboxEvents: 1e9 })
    let next = 0
    for (let i = 0; i < 10_000; i++) {
      inbox.push(message(1, String(i)))
      if (i % 3 === 0) expect(drain(inbox, recordBytes(5))).toEqual([`1 ${next++}`])
    }
    while (inbox.size > 0) expect(drain(inbox, recordBytes(5))[0]).toBe(`1 ${next++}`)
    expect(next).toBe(10_000)
  })
})
