import { directFunctions, errorNumbers, Progress } from '@extism-ws/protocol'
import { beforeEach, expect, test, vi } from 'vitest'

import type { Bridge } from '../../src/bridge/bridge.js'
import { engineSymbol } from '../../src/engine.js'
import { Form } from '../../src/message-target.js'

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
  poll(timeoutMs: number): number {
    return this.#take(['poll', timeoutMs])
  }
  listen(poll: number, progress: number): void {
    this.#take(['listen', names[poll], names[progress]])
  }
  target(...args: unknown[]): void {
    this.#take(['target', ...args])
  }
  pollByHand(): void {
    this.#take(['pollByHand'])
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
let engine: { tracked: boolean; native: FakeNatives; hostFunctions: object }

beforeEach(async () => {
  native = new FakeNatives()
  const hostFunctions = Object.fromEntries(
    names.map((name, slot) => [name, { slot, signature: '' }]),
  )
  engine = { native, hostFunctions, tracked: true }
  Object.defineProperty(globalThis, engineSymbol, {
    value: engine,
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
  const deliver = (): void => {}
  native.results.push(0, 3)
  expect(bridge.poll(250, deliver)).toBe(3)
  // From then on dispatches deliver by themselves.
  bridge.poll(0, deliver)
  expect(native.calls).toEqual([
    ['listen', 'ws_direct_poll', 'ws_direct_progress'],
    ['poll', 250],
    ['poll', 0],
  ])
})

test('a poll makes room for an event that does not fit, and asks again without waiting', () => {
  native.results.push(0, errorNumbers.EWS_TOO_SMALL, 0, 0, 1)
  expect(bridge.poll(250, () => {})).toBe(1)
  expect(native.calls.slice(1)).toEqual([
    ['poll', 250],
    ['ws_direct_error', 16_384],
    ['reserve', 70_000],
    ['poll', 0],
  ])
})

test('the engine hands messages over by itself, to the target of their socket', () => {
  const accept = (): void => {}
  bridge.target?.(7, { form: Form.bytes, accept })
  bridge.target?.(7, undefined)
  bridge.pollByHand?.()
  expect(native.calls).toEqual([
    ['target', 7, Form.bytes, accept],
    ['target', 7, 0, undefined],
    ['pollByHand'],
  ])
})

test('a host that builds no plugin anew need not hear how far it is', () => {
  engine.tracked = false
  bridge.progress(7, Progress.taken)
  expect(native.calls).toEqual([])
})

test('other failures of a poll are answered as they are', () => {
  native.results.push(0, errorNumbers.EWS_INTERNAL)
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
