import { describe, expect, it } from 'vitest'

import { GuestMemory } from '../../src/bridge/direct.js'
import { EntryExports } from '../../src/bridge/entry-exports.js'
import type { Caller } from '../../src/worker/caller.js'
import type { Request } from '../../src/worker/messages.js'
import { RemoteSession } from '../../src/worker/remote-session.js'
import { readOneByOne } from './ring-records.js'
import { RingReader, RingWriter } from '../../src/worker/ring.js'
import { createSharedMemory } from '../../src/worker/shared.js'
import { SocketTableReader, SocketTableWriter, tableFor } from '../../src/worker/socket-table.js'

const mebibyte = 2 ** 20

/** A session of a plugin's thread, whose main thread takes note of what it is asked for. */
function remoteSession() {
  const memory = createSharedMemory()
  const sockets = tableFor(1)
  const asked: Request[] = []
  const caller = {
    signal: () => {},
    ask: (request: Request) => asked.push(request) && 0,
  } as unknown as Caller
  const session = new RemoteSession({
    caller,
    ring: new RingWriter(memory, () => {}),
    table: new SocketTableReader(sockets),
    mailbox: memory.mailbox,
    entry: new EntryExports(new GuestMemory()),
    reports: true,
  })
  return {
    session,
    asked,
    table: new SocketTableWriter(sockets),
    ring: new RingReader(memory),
  }
}

describe('a session as seen from the thread of its plugin', () => {
  it('sends through the ring as long as there is room, and by asking beyond', () => {
    const { session, asked, table, ring } = remoteSession()
    table.open(1, 1000)
    expect(session.send(1, 2, new Uint8Array(900))).toBe(0)
    expect(asked).toEqual([])
    expect(session.send(1, 2, new Uint8Array(900))).toBe(0)
    expect(asked).toMatchObject([{ op: 'send', socket: 1, kind: 2 }])
    const sent: number[] = []
    readOneByOne(ring, ({ payload }) => void sent.push(payload.length))
    expect(sent).toEqual([900])
  })

  it('asks for a message that is too large for the ring, which takes no room in the table', () => {
    const { session, asked, table } = remoteSession()
    table.open(1, mebibyte)
    for (let count = 0; count < 3; count++) session.send(1, 2, new Uint8Array(mebibyte / 2))
    expect(asked).toHaveLength(3)
    expect(session.send(1, 2, new Uint8Array(100_000))).toBe(0)
    expect(asked).toHaveLength(3)
  })

  it.each([0, 3, -1])('asks what becomes of a message of kind %s', (kind) => {
    const { session, asked, table } = remoteSession()
    table.open(1, 1000)
    session.send(1, kind, new Uint8Array(1))
    expect(asked).toMatchObject([{ op: 'send', kind }])
  })

  it('asks what becomes of a message on a socket that is none, or has closed', () => {
    const { session, asked, table } = remoteSession()
    table.open(1, 1000)
    table.close(1)
    for (const socket of [0, 1, 7, -1]) session.send(socket, 1, new Uint8Array(1))
    expect(asked.map((request) => request.op === 'send' && request.socket)).toEqual([0, 1, 7, -1])
  })
})
