import { errorNumbers, EwsError, Progress } from '@extism-ws/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Bridge, Deliver } from '../../src/bridge/bridge.js'
import { FakeEngine } from '../fake-engine.js'
import { FakePdk } from './fake-pdk.js'

let pdk: FakePdk
let engine: FakeEngine
let bridge: Bridge

beforeEach(async () => {
  engine = new FakeEngine().install()
  pdk = new FakePdk().install()
  // The bridge is made once per plugin: each test is another plugin.
  vi.resetModules()
  bridge = (await import('../../src/bridge/portable.js')).bridge()
})

afterEach(() => {
  // Whatever a test did: a host has 32,767 blocks at most, and only `free` gives them back.
  expect(pdk.made).toBeGreaterThan(0)
  expect(pdk.blockCount).toBe(0)
})

/** Polls, and answers what was delivered: type, flags, code, id, payload. */
function poll(onDeliver: () => void = () => {}): unknown[][] {
  const delivered: unknown[][] = []
  const deliver: Deliver = (...record) => {
    delivered.push(record)
    onDeliver()
  }
  expect(bridge.poll(0, deliver)).toBe(delivered.length)
  return delivered
}

describe('operations', () => {
  test('connect passes the request and answers the id', () => {
    expect(bridge.connect('{"url":"ws://é/"}')).toBe(7)
    expect(pdk.calls).toEqual([['connect', '{"url":"ws://é/"}']])
  })

  test('send passes text as UTF-8 with its length in bytes', () => {
    expect(bridge.send(7, 1, 'é!')).toBe(0)
    expect(pdk.calls).toEqual([['send', 7, 1, new TextEncoder().encode('é!'), 3]])
  })

  test('send passes exactly the bytes of a view', () => {
    expect(bridge.send(7, 2, Uint8Array.of(9, 1, 2, 9).subarray(1, 3))).toBe(0)
    expect(pdk.calls).toEqual([['send', 7, 2, Uint8Array.of(1, 2), 2]])
  })

  test('send passes empty messages', () => {
    bridge.send(7, 1, '')
    bridge.send(7, 2, new Uint8Array(0))
    expect(pdk.calls).toEqual([
      ['send', 7, 1, new Uint8Array(0), 0],
      ['send', 7, 2, new Uint8Array(0), 0],
    ])
  })

  test('close passes code and reason', () => {
    expect(bridge.close(7, 3000, 'done')).toBe(0)
    expect(bridge.close(7, 0, '')).toBe(0)
    expect(pdk.calls).toEqual([
      ['close', 7, 3000, 'done'],
      ['close', 7, 0, ''],
    ])
  })

  test('pause passes 1 and 0', () => {
    bridge.pause(7, true)
    bridge.pause(7, false)
    expect(pdk.calls).toEqual([
      ['pause', 7, 1],
      ['pause', 7, 0],
    ])
    poll()
  })

  test('save passes the bytes, also none', () => {
    bridge.save(7, Uint8Array.of(9, 1, 2).subarray(1))
    bridge.save(7, new Uint8Array(0))
    expect(pdk.calls).toEqual([
      ['save', 7, Uint8Array.of(1, 2), 2],
      ['save', 7, new Uint8Array(0), 0],
    ])
  })

  test('info is what the host tells', () => {
    expect(JSON.parse(bridge.info(7))).toMatchObject({ socket: 7 })
  })

  test.each(['connect', 'send', 'close'] as const)('a refused %s frees its block too', (name) => {
    pdk.refusal = new EwsError('EWS_DENIED', 'not on the list')
    const result = {
      connect: () => bridge.connect('ws://x/'),
      send: () => bridge.send(7, 1, 'x'),
      close: () => bridge.close(7, 1000, 'x'),
    }[name]()
    expect(result).toBe(errorNumbers.EWS_DENIED)
    expect(JSON.parse(bridge.error())).toMatchObject({
      code: 'EWS_DENIED',
      message: 'not on the list',
    })
  })

  test('a host without a block for its answer tells nothing', () => {
    pdk.exhausted = true
    expect(bridge.info(7)).toBe('{}')
    expect(bridge.error()).toBe('{}')
    poll()
  })

  test('a host function that is not imported is named', () => {
    delete pdk.functions['ws_connect']
    expect(() => bridge.connect('ws://x/')).toThrow('host function ws_connect is not imported')
  })

  test('100,000 messages in one turn take few blocks, and leave none behind', () => {
    for (let i = 0; i < 100_000; i++) bridge.send(7, 1, 'x')
    bridge.info(7)
    expect(pdk.made).toBeLessThan(1200)
  })
})

describe('poll', () => {
  test('delivers nothing when nothing waits', () => {
    expect(poll()).toEqual([])
    expect(pdk.calls).toEqual([['poll', 0]])
  })

  test('passes on how long it may wait', () => {
    bridge.poll(250, () => {})
    expect(pdk.calls).toEqual([['poll', 250]])
  })

  test('decodes records: text as a string, everything else as an ArrayBuffer', () => {
    pdk.emit({ type: 'open', socket: 7, url: 'ws://x/', protocol: 'p', extensions: '' })
    pdk.message('héllo')
    pdk.emit({ type: 'message', socket: 8, kind: 2, data: Uint8Array.of(1, 2, 3) })
    pdk.emit({ type: 'drain', socket: 7 })
    pdk.emit({ type: 'close', socket: 7, code: 1000, reason: 'bye', wasClean: true })
    const [open, ...others] = poll()
    expect(open?.slice(0, 4)).toEqual([1, 0, 0, 7])
    expect(JSON.parse(new TextDecoder().decode(open?.[4] as ArrayBuffer))).toEqual({
      url: 'ws://x/',
      protocol: 'p',
      extensions: '',
    })
    expect(others).toEqual([
      [2, 0, 1, 7, 'héllo'],
      [2, 0, 2, 8, Uint8Array.of(1, 2, 3).buffer],
      [5, 0, 0, 7, new ArrayBuffer(0)],
      [3, 1, 1000, 7, new TextEncoder().encode('bye').buffer],
    ])
  })

  test('delivers a text that begins with a byte order mark as it is', () => {
    pdk.message('\uFEFFtext')
    expect(poll()).toEqual([[2, 0, 1, 7, '\uFEFFtext']])
  })

  test('runs promise jobs after each event', () => {
    const runs: number[] = []
    for (let i = 0; i < 3; i++) pdk.message('x')
    poll(() => runs.push(engine.jobRuns))
    expect(runs).toEqual([0, 1, 2])
    expect(engine.jobRuns).toBe(3)
  })

  test('tells the host how far each event is', () => {
    pdk.message('one')
    pdk.message('two')
    bridge.poll(0, (_type, _flags, _code, _id, payload) => {
      pdk.progress.push([0, 0])
      return payload === 'two' ? Progress.kept : undefined
    })
    const handler = [0, 0]
    expect(pdk.progress).toEqual([
      [7, Progress.delivering],
      handler,
      [7, Progress.delivered],
      [7, Progress.delivering],
      handler,
      [7, Progress.kept],
    ])
  })

  test('answers the negative number of a failure', () => {
    pdk.refusal = new EwsError('EWS_WOULD_BLOCK', 'no event waits')
    expect(bridge.poll(10, () => {})).toBe(errorNumbers.EWS_WOULD_BLOCK)
  })
})

describe('the block of a poll', () => {
  test('is as large as one event needs, which arrives in the same poll', () => {
    const text = 'x'.repeat(500_000)
    pdk.message(text)
    expect(poll()).toEqual([[2, 0, 1, 7, text]])
    expect(pdk.pollCapacities).toEqual([4096, 500_016])
  })

  test('the second attempt does not wait', () => {
    pdk.message('x'.repeat(10_000))
    bridge.poll(250, () => {})
    expect(pdk.calls).toEqual([
      ['poll', 250],
      ['poll', 0],
    ])
  })

  test('is small again after one large event: others do not pay for it', () => {
    pdk.message('x'.repeat(500_000))
    poll()
    pdk.pollCapacities.length = 0
    poll()
    pdk.message('small')
    poll()
    expect(Math.max(...pdk.pollCapacities)).toBeLessThanOrEqual(65_536)
  })

  test('grows with the traffic up to 64 KiB', () => {
    for (let i = 0; i < 1000; i++) pdk.message('x'.repeat(1000))
    let count = 0
    while (count < 1000) count += poll().length
    expect(pdk.pollCapacities.slice(0, 6)).toEqual([4096, 8192, 16_384, 32_768, 65_536, 65_536])
    expect(Math.max(...pdk.pollCapacities)).toBe(65_536)
  })

  test('doubles when the host does not say what it needs', () => {
    pdk.message('x')
    pdk.refusal = new EwsError('EWS_TOO_SMALL', 'too small')
    expect(poll()).toEqual([[2, 0, 1, 7, 'x']])
    expect(pdk.pollCapacities).toEqual([4096, 8192])
  })
})

describe('an entry that is over its time', () => {
  test('leaves events undelivered, which the next poll delivers before it asks for others', () => {
    for (const text of ['a', 'b', 'c']) pdk.message(text)
    expect(poll(() => (engine.overTime = true)).map((record) => record[4])).toEqual(['a'])
    expect(bridge.undelivered()).toBe(true)

    engine.overTime = false
    pdk.message('d')
    expect(poll().map((record) => record[4])).toEqual(['b', 'c', 'd'])
    expect(bridge.undelivered()).toBe(false)
  })

  test('loses no event that was not delivered when it is cut off in a delivery', () => {
    for (const text of ['a', 'b', 'c']) pdk.message(text)
    const cutOff = (): void => {
      throw new Error('interrupted')
    }
    expect(() => bridge.poll(0, cutOff)).toThrow('interrupted')
    expect(bridge.undelivered()).toBe(true)
    expect(poll().map((record) => record[4])).toEqual(['b', 'c'])
    expect(bridge.undelivered()).toBe(false)
    // The one that was cut off is done too.
    expect(pdk.progress.slice(0, 3)).toEqual([
      [7, Progress.delivering],
      [7, Progress.delivered],
      [7, Progress.delivering],
    ])
  })

  test('has nothing undelivered when it delivered everything', () => {
    pdk.message('a')
    poll(() => (engine.overTime = true))
    expect(bridge.undelivered()).toBe(false)
  })
})
