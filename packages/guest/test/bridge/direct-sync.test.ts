import {
  directFunctions,
  encodeRecords,
  errorNumbers,
  eventRecord,
  type SocketEvent,
} from '@extism-ws/protocol'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { SyncBridge } from '../../src/bridge/sync-bridge.js'
import { engineSymbol } from '../../src/engine.js'

const names = Object.keys(directFunctions)

/** Natives that answer one read after the other, and keep what they were asked. */
class FakeNatives {
  readonly calls: unknown[][] = []
  readonly answers: (Uint8Array | number)[] = []

  directRead(slot: number, capacity: number, ...args: number[]): Uint8Array | number {
    this.calls.push([names[slot], capacity, ...args])
    return this.answers.shift() ?? new Uint8Array(0)
  }
  decode(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes)
  }
}

let native: FakeNatives
let bridge: SyncBridge

beforeEach(async () => {
  native = new FakeNatives()
  const slots = Object.fromEntries(names.map((name, slot) => [name, { slot, signature: '' }]))
  const value = { native, hostFunctions: slots }
  Object.defineProperty(globalThis, engineSymbol, { value, configurable: true })
  // The bridge is made once per plugin: each test is another plugin.
  vi.resetModules()
  bridge = (await import('../../src/bridge/direct-sync.js')).syncBridge()
})

function block(...events: SocketEvent[]): Uint8Array {
  return encodeRecords(events.map(eventRecord))
}

function message(text: string, socket = 7): SocketEvent {
  return { type: 'message', socket, kind: 1, data: new TextEncoder().encode(text) }
}

describe('receive', () => {
  test('answers the next event of the socket, or that there is none', () => {
    native.answers.push(block(message('é')))
    expect(bridge.receive(7, 250)).toMatchObject({ type: 2, code: 1, id: 7, payload: 'é' })
    expect(bridge.receive(7, -1)).toBe(0)
    expect(native.calls).toEqual([
      ['ws_direct_receive', 65_536, 7, 250],
      ['ws_direct_receive', 65_536, 7, -1],
    ])
  })

  test('makes room for an event that does not fit, and asks again without waiting', () => {
    const needed = new TextEncoder().encode('{"needed":70000}')
    native.answers.push(errorNumbers.EWS_TOO_SMALL, needed, block(message('x')))
    expect(bridge.receive(7, -1)).toMatchObject({ payload: 'x' })
    expect(native.calls).toEqual([
      ['ws_direct_receive', 65_536, 7, -1],
      ['ws_direct_error', 16_384],
      ['ws_direct_receive', 70_000, 7, 0],
    ])
  })

  test('answers other failures as they are', () => {
    native.answers.push(errorNumbers.EWS_WOULD_BLOCK)
    expect(bridge.receive(7, -1)).toBe(errorNumbers.EWS_WOULD_BLOCK)
  })
})

test('collect answers all events that there are, with copies of their bytes', () => {
  const bytes: SocketEvent = { type: 'message', socket: 8, kind: 2, data: Uint8Array.of(1, 2) }
  native.answers.push(block(message('a'), bytes))
  expect(bridge.collect(100)).toEqual([
    { type: 2, flags: 0, code: 1, id: 7, payload: 'a' },
    { type: 2, flags: 0, code: 2, id: 8, payload: Uint8Array.of(1, 2).buffer },
  ])
  expect(bridge.collect(0)).toEqual([])
  expect(native.calls[0]).toEqual(['ws_direct_poll', 65_536, 100])
})
