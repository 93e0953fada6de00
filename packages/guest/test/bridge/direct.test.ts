import { directFunctions, errorNumbers, Progress } from '@extism-ws/protocol'
import { beforeEach, expect, test, vi } from 'vitest'

import type { Bridge } from '../../src/bridge/bridge.js'
import { engineSymbol } from '../../src/engine.js'

const names = Object.keys(directFunctions)

/** Natives that keep what they are called with, host functions by name instead of slot. */
class FakeNatives {
  readonly calls: unknown[][] = []
  readonly results: number[] = []
  text: Uint8Array | number = new TextEncoder().encode('{"needed":70000}')
  left = 0

  #take(call: unknown[]): number {
    this.calls.push(call)
    return this.results.shift() ?? 0
  }
  direct(slot: number, ...args: unknown[]): number {
    return this.#take([names[slot], ...args])
  }
  directRead(slot: number, capacity: number, ...args: unknown[]): Uint8Array | number {
    this.#take([names[slot], capacity, ...args])
    return this.text
  }
  poll(slot: number, timeoutMs: number): number {
    return this.#take([names[slot], timeoutMs])
  }
  reserve(bytes: number): void {
    this.#take(['reserve', bytes])
  }
  undelivered(): number {
    return this.left
  }
  decode(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes)
  }
}

let native: FakeNatives
let bridge: Bridge

beforeEach(async () => {
  native = new FakeNatives()
  const hostFunctions = Object.fromEntries(
    names.map((name, slot) => [name, { slot, signature: '' }]),
  )
  Object.defineProperty(globalThis, engineSymbol, {
    value: { native, hostFunctions },
    configurable: true,
  })
  // The bridge is made once per plugin: each test is another plugin.
  vi.resetModules()
  bridge = (await import('../../src/bridge/direct.js')).bridge()
})

test('operations call their host function with their arguments', () => {
  native.results.push(7)
  expect(bridge.connect('ws://x/')).toBe(7)
  bridge.send(7, 1, 'text')
  bridge.send(7, 2, Uint8Array.of(1))
  bridge.pause(7, true)
  bridge.pause(7, false)
  bridge.close(7, 3000, 'done')
  bridge.save(7, Uint8Array.of(1))
  bridge.progress(7, Progress.taken)
  expect(native.calls).toEqual([
    ['ws_direct_connect', 'ws://x/'],
    ['ws_direct_send', 7, 1, 'text'],
    ['ws_direct_send', 7, 2, Uint8Array.of(1)],
    ['ws_direct_pause', 7, 1],
    ['ws_direct_pause', 7, 0],
    ['ws_direct_close', 7, 3000, 'done'],
    ['ws_direct_save', 7, Uint8Array.of(1)],
    ['ws_direct_progress', 7, Progress.taken],
  ])
})

test('a poll answers how many events were delivered', () => {
  native.results.push(3)
  expect(bridge.poll(250, () => {})).toBe(3)
  expect(native.calls).toEqual([['ws_direct_poll', 250]])
})

test('a poll makes room for an event that does not fit, and asks again without waiting', () => {
  native.results.push(errorNumbers.EWS_TOO_SMALL, 0, 0, 1)
  expect(bridge.poll(250, () => {})).toBe(1)
  expect(native.calls).toEqual([
    ['ws_direct_poll', 250],
    ['ws_direct_error', 16_384],
    ['reserve', 70_000],
    ['ws_direct_poll', 0],
  ])
})

test('other failures of a poll are answered as they are', () => {
  native.results.push(errorNumbers.EWS_INTERNAL)
  expect(bridge.poll(0, () => {})).toBe(errorNumbers.EWS_INTERNAL)
})

test('bytes that are left over are undelivered events', () => {
  expect(bridge.undelivered()).toBe(false)
  native.left = 24
  expect(bridge.undelivered()).toBe(true)
})

test('what the host tells comes as text, and a failure to tell as an empty object', () => {
  expect(bridge.info(7)).toBe('{"needed":70000}')
  native.text = errorNumbers.EWS_BAD_SOCKET
  expect(bridge.info(7)).toBe('{}')
  expect(bridge.error()).toBe('{}')
})
