import type { RawRecord } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { HttpInbox } from '../../src/http/inbox.js'
import { Line } from '../../src/http/line.js'

const event = (id: number, bytes: number): RawRecord => ({
  type: 33,
  flags: 0,
  code: 0,
  id,
  payload: new Uint8Array(bytes),
})

describe('the inbox of HTTP', () => {
  const plenty = { inboxBytes: 1e9, inboxEvents: 1e9 }
  const ids = (records: readonly RawRecord[]): number[] => records.map(({ id }) => id)

  it('hands the events of one request over in their order', () => {
    const inbox = new HttpInbox(plenty)
    for (const bytes of [1, 2, 3]) inbox.push(event(1, bytes))
    expect(inbox.take(1000).map(({ payload }) => payload.length)).toEqual([1, 2, 3])
    expect([inbox.size, inbox.requests]).toEqual([0, []])
  })

  it('counts records as they will lie in the block: header and padding included', () => {
    const inbox = new HttpInbox(plenty)
    for (let i = 0; i < 3; i++) inbox.push(event(1, 1))
    expect(inbox.take(47)).toHaveLength(1)
    expect(inbox.take(48)).toHaveLength(2)
  })

  it('hands an event over that is larger than what is asked for, alone', () => {
    const inbox = new HttpInbox(plenty)
    inbox.push(event(1, 5000))
    inbox.push(event(2, 1))
    expect(ids(inbox.take(100))).toEqual([1])
    expect(ids(inbox.take(100))).toEqual([2])
  })

  it('lets other requests go first when one did not fit', () => {
    const inbox = new HttpInbox(plenty)
    for (let i = 0; i < 4; i++) inbox.push(event(1, 100))
    inbox.push(event(2, 1))
    expect(ids(inbox.take(250))).toEqual([1, 1])
    expect(ids(inbox.take(250))).toEqual([2, 1])
    expect(ids(inbox.take(250))).toEqual([1])
  })

  it('says when it is full, and when it is half empty again, whatever emptied it', () => {
    const inbox = new HttpInbox({ inboxBytes: 100, inboxEvents: 10 })
    const changes: boolean[] = []
    inbox.onFull = (full) => changes.push(full)
    inbox.push(event(1, 99))
    expect(changes).toEqual([])
    inbox.push(event(2, 51))
    expect([changes, inbox.full]).toEqual([[true], true])
    inbox.discard(1)
    expect(changes).toEqual([true])
    inbox.discard(2)
    expect(changes).toEqual([true, false])
    for (let i = 0; i < 10; i++) inbox.push(event(3, 0))
    expect(changes).toEqual([true, false, true])
    inbox.take(1000)
    expect(changes).toEqual([true, false, true, false])
  })

  it('forgets nothing and keeps nothing of a request that is unknown', () => {
    const inbox = new HttpInbox(plenty)
    inbox.push(event(1, 1))
    inbox.discard(2)
    expect(inbox.size).toBe(1)
  })
})

describe('the line of requests', () => {
  const request = { method: 'GET', url: '', headers: [], redirect: 'follow' } as const
  const waiting = (id: number, bytes: number) => ({
    id,
    bytes,
    request: { ...request, body: new Uint8Array(0) },
  })

  it('is first in, first out, and can be left', () => {
    const line = new Line({ requests: 10, bytes: 100 })
    for (const id of [1, 2, 3]) line.push(waiting(id, 1))
    line.remove(2)
    line.remove(9)
    expect([line.shift()?.id, line.shift()?.id, line.shift()]).toEqual([1, 3, undefined])
  })

  it('is bounded in number and in bytes, and has room again when one leaves', () => {
    const line = new Line({ requests: 2, bytes: 100 })
    expect(line.push(waiting(1, 60))).toBe(true)
    expect(line.push(waiting(2, 41))).toBe(false)
    expect(line.push(waiting(3, 40))).toBe(true)
    expect(line.push(waiting(4, 0))).toBe(false)
    line.remove(1)
    expect(line.push(waiting(5, 60))).toBe(true)
    line.clear()
    expect([line.size, line.push(waiting(6, 100))]).toEqual([0, true])
  })
})
