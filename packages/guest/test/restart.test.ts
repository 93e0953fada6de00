import {
  encodeRecords,
  EwsError,
  errorData,
  eventRecord,
  RecordFlag,
  restartRecord,
  restoredRecord,
  type RawRecord,
  type RestoredSocket,
  type SocketEvent,
} from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { connect, sockets, type Restart } from '../src/index.js'
import { dispatch, engine, host } from './fake-bridge.js'
import type { FakeConnection } from './fake-connection.js'

const reason = restartRecord(errorData(new EwsError('EWS_TRAPPED', 'unreachable')))

/** A connection that the host had before this instance of the plugin, and the record that tells of it. */
function restored(about: Partial<RestoredSocket> = {}): {
  server: FakeConnection
  record: RawRecord
} {
  const server = host.adopt()
  const record = restoredRecord({
    socket: server.id,
    name: '',
    url: 'ws://feed.example/',
    protocol: '',
    extensions: '',
    state: 'open',
    attachment: new Uint8Array(0),
    ...about,
  })
  return { server, record }
}

function taken(event: SocketEvent): RawRecord {
  const record = eventRecord(event)
  return { ...record, flags: record.flags | RecordFlag.taken }
}

/** What the author's `onRestart` gets for an input. */
function restart(...records: RawRecord[]): Restart {
  return engine.callHooked('onRestart', (given) => given, encodeRecords(records)) as Restart
}

beforeEach(() => {
  host.steps.length = 0
})

afterEach(async () => {
  host.endAll()
  await dispatch()
})

describe('a restart', () => {
  test('says why, and has its call', () => {
    const { reason: why, sockets: none, possiblyHandled, call } = restart(reason)
    expect(why).toMatchObject({ name: 'EwsError', code: 'EWS_TRAPPED', message: 'unreachable' })
    expect([none, possiblyHandled]).toEqual([[], []])
    expect(call.input().length).toBeGreaterThan(0)
  })

  test('is one when the host says nothing, and skips what it does not know', () => {
    expect(restart().reason.code).toBe('EWS_RESTARTED')
    const unknown = { ...reason, type: 99 }
    expect(restart(unknown, reason).reason.code).toBe('EWS_TRAPPED')
  })

  test('gives the sockets back, with all that is known of them', () => {
    const about = { name: 'feed', protocol: 'chat', extensions: 'x', attachment: Uint8Array.of(7) }
    const { record } = restored(about)
    const [socket] = restart(reason, record).sockets
    expect(socket).toMatchObject({ url: 'ws://feed.example/', ...about })
    expect(sockets.list()).toEqual([socket])
    expect(sockets.get('feed')).toBe(socket)
  })

  test('a socket that is given back sends, and gets what comes', async () => {
    const { server, record } = restored()
    const [socket] = restart(reason, record).sockets
    socket?.send('hello')
    expect(server.sent).toEqual(['hello'])
    server.message('one').message('two').end(1000, 'bye')
    await dispatch()
    const read: unknown[] = []
    for await (const message of socket ?? []) read.push(message)
    expect(read).toEqual(['one', 'two'])
    expect(await socket?.closed).toEqual({ code: 1000, reason: 'bye', wasClean: true })
    expect(sockets.list()).toEqual([])
  })

  test('one that still connects is open with its open event', async () => {
    const { server, record } = restored({ state: 'connecting', name: 'feed' })
    const [socket] = restart(reason, record).sockets
    expect(sockets.get('feed')).toBeUndefined()
    expect(() => socket?.send('x')).toThrow('connecting')
    await expect(connect('ws://feed.example/', { name: 'feed' })).rejects.toThrow('connecting')
    server.open()
    await dispatch()
    expect(sockets.get('feed')).toBe(socket)
    socket?.send('x')
    expect(server.sent).toEqual(['x'])
  })

  test.each(['closing', 'closed'] as const)('one that is %s ends with its event', async (state) => {
    const { server, record } = restored({ state, name: 'feed' })
    const [socket] = restart(reason, record).sockets
    expect(sockets.list()).toEqual([])
    expect(() => socket?.send('x')).toThrow('closing')
    server.message('last').end(1001)
    await dispatch()
    expect(await socket?.receive()).toBe('last')
    expect(await socket?.closed).toMatchObject({ code: 1001 })
  })

  test('leaves a socket alone that this instance has already', async () => {
    const { record } = restored()
    expect(restart(record).sockets).toHaveLength(1)
    expect(restart(record).sockets).toEqual([])
  })

  test('tells which events may have been handled', () => {
    const { server, record } = restored()
    const socket = server.id
    const gone = 4711
    const regained = { url: 'ws://b/', protocol: '', extensions: '', attempts: 2, dropped: 0 }
    const restartWith = restart(
      reason,
      record,
      taken({ type: 'message', socket, kind: 1, data: new TextEncoder().encode('\uFEFFé') }),
      taken({ type: 'message', socket, kind: 2, data: Uint8Array.of(1, 2) }),
      taken({ type: 'drain', socket }),
      taken({ type: 'error', socket, error: errorData(new EwsError('EWS_LIMIT', 'too much')) }),
      taken({ type: 'reconnecting', socket, attempt: 2, delayMs: 5, code: 1006, reason: '' }),
      taken({ type: 'reconnected', socket, ...regained }),
      taken({ type: 'close', socket: gone, code: 1000, reason: 'bye', wasClean: true }),
      eventRecord({ type: 'drain', socket }),
    )
    const [restoredSocket] = restartWith.sockets
    expect(restartWith.possiblyHandled).toEqual([
      { socket: restoredSocket, event: { type: 'message', data: '\uFEFFé' } },
      { socket: restoredSocket, event: { type: 'message', data: Uint8Array.of(1, 2) } },
      { socket: restoredSocket, event: { type: 'drain' } },
      {
        socket: restoredSocket,
        event: { type: 'error', error: expect.objectContaining({ code: 'EWS_LIMIT' }) },
      },
      {
        socket: restoredSocket,
        event: { type: 'reconnecting', attempt: 2, delayMs: 5, code: 1006, reason: '' },
      },
      { socket: restoredSocket, event: { type: 'reconnected', ...regained } },
      { socket: undefined, event: { type: 'close', code: 1000, reason: 'bye', wasClean: true } },
    ])
  })
})
