import {
  directFunctions,
  errorNumbers,
  portableFunctions,
  RecordType,
  writeRecord,
} from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { directLayer, GuestMemory } from '../src/bridge/direct.js'
import { EntryExports } from '../src/bridge/entry-exports.js'
import { portableLayer } from '../src/bridge/portable.js'
import type { CallContext } from '../src/bridge/sdk.js'
import { Session } from '../src/session/session.js'
import { TestServer } from './server.js'
import { sessionSettings } from './session-settings.js'

const errno = (code: keyof typeof errorNumbers): number => errorNumbers[code]
const encoder = new TextEncoder()

/** Extism memory as the SDK has it, and nothing more. */
class Blocks implements CallContext {
  readonly #blocks: Uint8Array[] = [new Uint8Array(0)]

  read(offset: bigint): { bytes(): Uint8Array } | null {
    const block = offset > 0n ? this.#blocks[Number(offset)] : undefined
    return block === undefined ? null : { bytes: () => block }
  }

  store(data: string | Uint8Array): bigint {
    const block = typeof data === 'string' ? encoder.encode(data) : data
    return BigInt(this.#blocks.push(block) - 1)
  }

  alloc(size: bigint): bigint {
    return this.store(new Uint8Array(Number(size)))
  }
}

describe('a hostile guest', () => {
  let server: TestServer
  let session: Session
  let other: Session
  let memory: WebAssembly.Memory
  let direct: Record<string, (...args: never[]) => number>
  let portable: Record<string, (...args: never[]) => number | bigint>
  const context = new Blocks()

  beforeEach(async () => {
    server = await TestServer.start()
    const settings = sessionSettings(['ws://127.0.0.1:*'])
    session = new Session(settings)
    other = new Session(settings)
    memory = new WebAssembly.Memory({ initial: 1 })
    const guest = new GuestMemory()
    guest.set(memory)
    const entry = new EntryExports(guest)
    direct = directLayer(session, guest, entry) as never
    portable = portableLayer(session, entry) as never
  })
  afterEach(async () => {
    await Promise.all([session.dispose(), other.dispose()])
    await server[Symbol.asyncDispose]()
  })

  const call = (name: string, ...args: number[]): number =>
    (direct[name] as (...all: unknown[]) => number)(context, ...args)
  const callPortable = (name: string, ...args: (number | bigint)[]): number =>
    Number((portable[name] as (...all: unknown[]) => number)(context, ...args))
  const connect = (owner: Session): number =>
    Number(owner.connect(encoder.encode(`${server.origin}/echo`)))

  it.each([
    ['past the end', 65_530, 100],
    ['with a negative length', 0, -1],
    ['at a negative address', -8, 16],
    ['that wraps around', 0xffff_fff0, 0x20],
  ])('gets EWS_BAD_REQUEST for memory %s', (_name, pointer, length) => {
    const socket = connect(session)
    expect(call('ws_direct_connect', pointer, length)).toBe(errno('EWS_BAD_REQUEST'))
    expect(call('ws_direct_send', socket, 2, pointer, length)).toBe(errno('EWS_BAD_REQUEST'))
    expect(call('ws_direct_send_many', pointer, length)).toBe(errno('EWS_BAD_REQUEST'))
    expect(call('ws_direct_poll', 0, pointer, length)).toBe(errno('EWS_BAD_REQUEST'))
    expect(call('ws_direct_close', socket, 1000, pointer, length)).toBe(errno('EWS_BAD_REQUEST'))
    expect(session.error()).toContain('EWS_BAD_REQUEST')
  })

  it('gets EWS_BAD_REQUEST for a block that does not exist, or is shorter than it says', () => {
    const socket = connect(session)
    const block = context.store('four')
    expect(callPortable('ws_connect', 999n)).toBe(errno('EWS_BAD_REQUEST'))
    expect(callPortable('ws_connect', -1n)).toBe(errno('EWS_BAD_REQUEST'))
    expect(callPortable('ws_send', socket, 2, block, 5)).toBe(errno('EWS_BAD_REQUEST'))
    expect(callPortable('ws_send', socket, 2, block, -1)).toBe(errno('EWS_BAD_REQUEST'))
    expect(callPortable('ws_poll', 0, block, 2 ** 31 - 1)).toBe(errno('EWS_BAD_REQUEST'))
  })

  it('cannot use a socket of another session, nor one that never was', () => {
    const theirs = connect(other)
    for (const id of [theirs, 0, -1, 99, 2 ** 31 - 1]) {
      expect(call('ws_direct_send', id, 1, 0, 0)).toBe(errno('EWS_BAD_SOCKET'))
      expect(call('ws_direct_close', id, 1000, 0, 0)).toBe(errno('EWS_BAD_SOCKET'))
      expect(call('ws_direct_pause', id, 1)).toBe(errno('EWS_BAD_SOCKET'))
      expect(call('ws_direct_receive', id, 0, 0, 64)).toBe(errno('EWS_BAD_SOCKET'))
    }
    expect(other.socketCount).toBe(1)
  })

  it('gets a code for every kind, close code, reason and timeout that is none', () => {
    const socket = connect(session)
    const bad = errno('EWS_BAD_REQUEST')
    for (const kind of [0, 3, 8, 9, -1])
      expect(call('ws_direct_send', socket, kind, 0, 0)).toBe(bad)
    for (const code of [1, 999, 1001, 1005, 1006, 2999, 5000, -1]) {
      expect(call('ws_direct_close', socket, code, 0, 0)).toBe(bad)
    }
    expect(call('ws_direct_close', socket, 1000, 0, 124)).toBe(bad)
    expect(call('ws_direct_poll', -2, 0, 64)).toBe(bad)
    expect(call('ws_direct_poll', 5, 0, 64)).toBe(errno('EWS_WOULD_BLOCK'))
    expect(call('ws_direct_poll', 0, 0, 64)).toBe(0)
    new Uint8Array(memory.buffer).set([0xff, 0xfe], 0)
    expect(call('ws_direct_connect', 0, 2)).toBe(bad)
  })

  it('sends nothing of a batch from the first record on that is cut short', () => {
    const block = new Uint8Array(memory.buffer)
    const view = new DataView(memory.buffer)
    const payload = encoder.encode('hello')
    const size = writeRecord(block, view, 0, { type: 2, flags: 0, code: 1, id: 1, payload })
    expect(call('ws_direct_send_many', 0, size - 1)).toBe(errno('EWS_BAD_REQUEST'))
    view.setUint32(0, 0xffff_fff8, true)
    expect(call('ws_direct_send_many', 0, size)).toBe(errno('EWS_BAD_REQUEST'))
    view.setUint32(0, 0, true)
    expect(call('ws_direct_send_many', 0, size)).toBe(errno('EWS_BAD_REQUEST'))
  })

  it('never makes a host function throw, whatever the arguments are', () => {
    connect(session)
    const numbers = [0, 1, -1, 2, 7, 64, 65_535, 65_536, 2 ** 31 - 1, -(2 ** 31), 0xffff_ffff]
    let calls = 0
    const vary = (count: number, args: number[], run: (args: number[]) => void): void => {
      if (args.length === count) return run(args)
      for (const number of numbers) vary(count, [...args, number], run)
    }
    for (const [name, { params }] of Object.entries(directFunctions)) {
      vary(params.length, [], (args) => {
        expect(Number.isInteger(call(name, ...args))).toBe(true)
        calls++
      })
    }
    for (const [name, { params }] of Object.entries(portableFunctions)) {
      vary(params.length, [], (args) => {
        const typed = args.map((arg, i) => (params[i]?.[1] === 'i64' ? BigInt(arg) : arg))
        expect(Number.isInteger(callPortable(name, ...typed))).toBe(true)
        calls++
      })
    }
    expect(calls).toBeGreaterThan(30_000)
    expect(other.socketCount).toBe(0)
  })

  it('may send an empty message without a block', () => {
    const socket = connect(session)
    expect(callPortable('ws_send', socket, 1, 0n, 0)).toBe(errno('EWS_CLOSED'))
    expect(session.error()).toContain('connecting')
  })

  it('gets a code from every function for a socket that has ended', async () => {
    const socket = Number(session.connect(encoder.encode(`${server.origin}/close?code=4001`)))
    for (let type = 0; type !== RecordType.close; type = new DataView(memory.buffer).getUint8(4)) {
      await waitFor(() => session.hasEvents)
      // One event after the other.
      expect(call('ws_direct_receive', socket, 0, 0, 4096)).toBeGreaterThan(0)
    }
    expect(call('ws_direct_receive', socket, 0, 0, 4096)).toBe(errno('EWS_BAD_SOCKET'))
    expect(call('ws_direct_receive', socket, -1, 0, 4096)).toBe(errno('EWS_BAD_SOCKET'))
    expect(callPortable('ws_receive', socket, -1, context.alloc(4096n), 4096)).toBe(
      errno('EWS_BAD_SOCKET'),
    )
    expect(call('ws_direct_send', socket, 1, 0, 0)).toBe(errno('EWS_BAD_SOCKET'))
    expect(call('ws_direct_close', socket, 1000, 0, 0)).toBe(errno('EWS_BAD_SOCKET'))
  })

  it('is told how large a block the next event needs, and loses nothing', async () => {
    const socket = connect(session)
    await waitFor(() => session.hasEvents)
    expect(call('ws_direct_poll', 0, 0, 8)).toBe(errno('EWS_TOO_SMALL'))
    const { needed } = JSON.parse(session.error()) as { needed: number }
    expect(call('ws_direct_poll', 0, 0, needed)).toBe(needed)
    expect(new DataView(memory.buffer).getUint32(8, true)).toBe(socket)
    expect(session.hasEvents).toBe(false)
  })
})

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}
