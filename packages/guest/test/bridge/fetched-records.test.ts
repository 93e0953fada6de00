import { encodeRecords, Progress, RecordType, type RawRecord } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'

import { decodeRecords, type FetchedRecord } from '../../src/bridge/fetched-records.js'
import { FakeEngine } from '../fake-engine.js'
import { EarlyRecords } from '../../src/sync/early-records.js'

const engine = new FakeEngine().install()
const decoder = new TextDecoder()

function message(id: number, text: string): RawRecord {
  const payload = new TextEncoder().encode(text)
  return { type: RecordType.message, flags: 0, code: 1, id, payload }
}

function decoded(block: Uint8Array): FetchedRecord[] {
  return decodeRecords(block, (bytes) => decoder.decode(bytes))
}

describe('decodeRecords', () => {
  test('reads a block that is part of a buffer', () => {
    const block = encodeRecords([message(1, 'one'), message(2 ** 32 - 1, '')])
    const buffer = new Uint8Array(block.length + 8)
    buffer.set(block, 8)
    expect(decoded(buffer.subarray(8)).map(({ id, payload }) => [id, payload])).toEqual([
      [1, 'one'],
      [2 ** 32 - 1, ''],
    ])
  })

  test.each([
    ['of size 0', 0, 0],
    ['that is longer than the block', 0, 1000],
    ['whose payload is longer than itself', 12, 1000],
    ['whose length would overflow', 12, 2 ** 32 - 1],
  ])('ends at a record %s', (_what, at, value) => {
    const first = encodeRecords([message(1, 'one')])
    const block = encodeRecords([message(1, 'one'), message(1, 'two'), message(1, 'three')])
    new DataView(block.buffer).setUint32(first.length + at, value, true)
    expect(decoded(block).map(({ payload }) => payload)).toEqual(['one'])
  })

  test('ends where less than a header is left', () => {
    const block = encodeRecords([message(1, 'one'), message(1, 'two')])
    expect(decoded(block.subarray(0, block.length - 20))).toHaveLength(1)
  })
})

describe('records that were fetched', () => {
  test('stay in order when some are taken out, and more come while one is delivered', () => {
    const steps: number[][] = []
    const fetched = new EarlyRecords((socket, step) => steps.push([socket, step]))
    fetched.add(decoded(encodeRecords([message(1, 'a'), message(2, 'b'), message(1, 'c')])))
    const heard: unknown[] = []
    const count = fetched.deliver((_type, _flags, _code, id, payload) => {
      heard.push(payload)
      if (payload !== 'a') return undefined
      expect(fetched.take((socket) => socket === 2).map((record) => record.payload)).toEqual(['b'])
      fetched.add(decoded(encodeRecords([message(id, 'd')])))
      return Progress.kept
    })
    expect([count, heard]).toEqual([3, ['a', 'c', 'd']])
    expect([fetched.waiting, fetched.bytes]).toEqual([false, 0])
    expect(steps.slice(0, 2)).toEqual([
      [1, Progress.delivering],
      [1, Progress.kept],
    ])
    expect(engine.jobRuns).toBe(3)
  })
})
