import { EwsError, errorData, readRecords } from '@extism-ws/protocol'
import { beforeEach, describe, expect, test } from 'vitest'

import { SendBatch } from '../../src/bridge/send-batch.js'
import { FakeEngine } from '../fake-engine.js'

const engine = new FakeEngine().install()

/** A host with one open socket, and a batch that has sent its hundred single messages. */
function setUp(about: object = { state: 'open', sendRoom: 1_000_000 }) {
  const blocks: string[][] = []
  const host = {
    result: 0,
    info: () => JSON.stringify(about),
    sendMany: (block: Uint8Array): number => {
      const records = [...readRecords(block)]
      blocks.push(records.map((record) => new TextDecoder().decode(record?.payload)))
      return host.result
    },
    error: () => JSON.stringify(errorData(new EwsError('EWS_CLOSED', 'over'))),
  }
  const batch = new SendBatch(host)
  for (let i = 0; i < 100; i++) expect(batch.take(1, 1, 'single')).toBe(false)
  return { batch, blocks, host }
}

beforeEach(() => {
  engine.reports.length = 0
})

describe('a batch of messages', () => {
  test('begins with the 101st message of a turn, and is sent by a promise job', async () => {
    const { batch, blocks } = setUp()
    expect([batch.take(1, 1, 'a'), batch.take(1, 2, new Uint8Array([98]))]).toEqual([true, true])
    expect(blocks).toEqual([])
    await Promise.resolve()
    expect(blocks).toEqual([['a', 'b']])
    batch.newTurn()
    expect(batch.take(1, 1, 'single')).toBe(false)
  })

  test('is sent when it is large, or before something else is asked of the host', () => {
    const { batch, blocks } = setUp()
    for (let i = 0; i < 100; i++) batch.take(1, 1, 'x'.repeat(1000))
    expect(blocks).toHaveLength(1)
    batch.flush()
    expect(blocks.flat()).toHaveLength(100)
    batch.flush()
    expect(blocks).toHaveLength(2)
  })

  test('keeps what the message was', async () => {
    const { batch, blocks } = setUp()
    const bytes = new Uint8Array([97])
    batch.take(1, 2, bytes)
    bytes[0] = 98
    await Promise.resolve()
    expect(blocks).toEqual([['a']])
  })

  test('takes no message for which there may be no room, and is sent before it', () => {
    const { batch, blocks } = setUp({ state: 'open', sendRoom: 100 })
    expect(batch.take(1, 1, 'x'.repeat(50))).toBe(true)
    expect(batch.take(1, 1, 'x'.repeat(50))).toBe(false)
    expect(blocks).toHaveLength(1)
  })

  test.each([[{}], [{ state: 'closing', sendRoom: 100 }], [{ state: 'open' }]])(
    'takes none for a socket of which the host says %j',
    (about) => {
      const { batch } = setUp(about)
      expect(batch.take(1, 1, 'x')).toBe(false)
    },
  )

  test('that the host refuses is reported', () => {
    const { batch, host } = setUp()
    host.result = -1
    batch.take(1, 1, 'x')
    batch.flush()
    expect(engine.reports).toEqual([expect.objectContaining({ code: 'EWS_CLOSED' })])
  })
})
