import { errorNumbers, EwsError } from '@extism-ws/protocol'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { Bridge } from '../../src/bridge/bridge.js'
import type { SyncBridge } from '../../src/bridge/sync-bridge.js'
import { FakeEngine } from '../fake-engine.js'
import { FakePdk } from './fake-pdk.js'

let pdk: FakePdk
let engine: FakeEngine
let bridge: Bridge
let syncBridge: SyncBridge

beforeEach(async () => {
  engine = new FakeEngine().install()
  pdk = new FakePdk().install()
  // The bridge is made once per plugin: each test is another plugin.
  vi.resetModules()
  syncBridge = (await import('../../src/bridge/portable-sync.js')).syncBridge()
  bridge = (await import('../../src/bridge/portable.js')).bridge()
})

describe('receive', () => {
  test('answers the next event, or that there is none', () => {
    pdk.message('é')
    pdk.message('two')
    expect(syncBridge.receive(7, 0)).toMatchObject({ type: 2, code: 1, id: 7, payload: 'é' })
    expect(syncBridge.receive(7, 250)).toMatchObject({ payload: 'two' })
    expect(syncBridge.receive(7, 0)).toBe(0)
    expect(pdk.calls).toEqual([
      ['receive', 7, 0],
      ['receive', 7, 250],
      ['receive', 7, 0],
    ])
  })

  test('answers failures as they are', () => {
    pdk.refusal = new EwsError('EWS_WOULD_BLOCK', 'cannot wait')
    expect(syncBridge.receive(7, -1)).toBe(errorNumbers.EWS_WOULD_BLOCK)
  })

  test('takes two blocks for any number of messages, small and large', () => {
    const sizes = [1, 10_000, 300_000]
    for (let i = 0; i < 999; i++) {
      const text = 'x'.repeat(sizes[i % 3] ?? 0)
      pdk.message(text)
      expect(syncBridge.receive(7, 0)).toMatchObject({ payload: text })
    }
    expect(pdk.blockCount).toBe(2)
    // Each time that the large one grows, the host is asked how large it must be.
    expect(pdk.made).toBe(5)
  })

  test('does not use a block of an earlier entry, which the host has taken back', () => {
    syncBridge.receive(7, 0)
    engine.loop.entries++
    syncBridge.receive(7, 0)
    syncBridge.receive(7, 0)
    expect(pdk.made).toBe(2)
  })
})

test('collect answers what fits into its block, and the rest when it is asked again', () => {
  for (let i = 0; i < 100; i++) pdk.message('x'.repeat(100))
  let count = 0
  for (;;) {
    const records = syncBridge.collect(0)
    if (typeof records === 'number' || records.length === 0) break
    count += records.length
  }
  expect(count).toBe(100)
  expect(pdk.blockCount).toBe(1)
})

describe('messages that are packed', () => {
  const sentMany = (): unknown[][] => pdk.calls.filter(([name]) => name === 'send many')

  test('are sent before the entry waits, or finds nothing', () => {
    for (let i = 0; i < 101; i++) bridge.send(7, 1, 'x')
    syncBridge.receive(7, 0)
    expect(sentMany()).toHaveLength(1)
    bridge.send(7, 1, 'x')
    syncBridge.collect(250)
    expect(sentMany()).toHaveLength(2)
    expect(pdk.calls.at(-1)).toEqual(['poll', 250])
  })

  test('are packed on while there is something to receive', () => {
    for (let i = 0; i < 200; i++) {
      bridge.send(7, 1, 'x')
      pdk.message('answer')
      syncBridge.receive(7, 0)
    }
    expect(sentMany()).toHaveLength(0)
  })

  test('100,000 of them, and as many that are received, take few blocks', () => {
    for (let i = 0; i < 100_000; i++) {
      bridge.send(7, 1, 'x')
      pdk.message('x')
      syncBridge.receive(7, 0)
    }
    syncBridge.receive(7, 0)
    expect(pdk.made).toBeLessThan(1200)
  })

  test('one that waits for its answer takes one block', () => {
    for (let i = 0; i < 1000; i++) {
      bridge.send(7, 1, 'x')
      syncBridge.receive(7, 0)
      pdk.message('x')
      syncBridge.receive(7, -1)
    }
    expect(pdk.made).toBeLessThan(1010)
  })
})
