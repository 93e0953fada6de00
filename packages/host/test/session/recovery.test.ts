import { Progress, RecordType, type RawRecord } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { Recovery } from '../../src/session/recovery.js'
import type { Socket } from '../../src/session/socket.js'

const message = (id: number): RawRecord => record(RecordType.message, id)
const close = (id: number): RawRecord => record(RecordType.close, id)

function record(type: number, id: number): RawRecord {
  return { type, flags: 0, code: 0, id, payload: new Uint8Array(0) }
}

/** Its id is all that recovery looks at. */
function socketOf(id: number): Socket {
  return { id } as Socket
}

describe('what a session remembers for a restart', () => {
  it('is everything that a guest which tells has not begun to handle', () => {
    const recovery = new Recovery(true)
    const events = [message(1), message(2)]
    for (const event of events) recovery.fetched(event, false)
    recovery.advance(2, Progress.delivering)
    recovery.entryEnded()
    recovery.fetching()
    expect(recovery.lose()).toEqual({ taken: [events[1]], untaken: [events[0]], ended: [] })
  })

  it.each(['fetching', 'entryEnded'] as const)(
    'is nothing after %s of a guest that does not tell',
    (method) => {
      const recovery = new Recovery(false)
      recovery.fetched(message(1), false)
      recovery[method]()
      expect(recovery.lose()).toEqual({ taken: [], untaken: [], ended: [] })
    },
  )

  it('may have been handled by a guest that does not tell, and died within its entry', () => {
    const recovery = new Recovery(false)
    recovery.fetching()
    recovery.fetched(message(1), false)
    expect(recovery.lose()).toEqual({ taken: [message(1)], untaken: [], ended: [] })
  })

  it('brings a socket back whose close event no handler has seen', () => {
    const recovery = new Recovery(true)
    for (const id of [1, 2]) {
      recovery.fetched(close(id), false)
      recovery.ended(socketOf(id))
    }
    recovery.advance(1, Progress.delivering)
    const { untaken, ended } = recovery.lose()
    expect(untaken).toEqual([close(2)])
    expect(ended).toEqual([socketOf(2)])
  })

  it('lets a socket go when its close event was handled', async () => {
    const recovery = new Recovery(true)
    recovery.fetched(close(1), false)
    recovery.ended(socketOf(1))
    recovery.advance(1, Progress.delivering)
    recovery.advance(1, Progress.delivered)
    recovery.fetching()
    // As if it came back: nobody remembers the socket.
    recovery.fetched(close(1), false)
    expect(recovery.lose().ended).toEqual([])
  })

  it('is nothing after it was told, or cleared', () => {
    const recovery = new Recovery(true)
    recovery.fetched(message(1), true)
    recovery.lose()
    recovery.fetched(message(2), true)
    recovery.ended(socketOf(2))
    recovery.clear()
    expect(recovery.lose()).toEqual({ taken: [], untaken: [], ended: [] })
  })
})
