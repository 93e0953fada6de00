import { encodeRecords, Opcode, RecordType, type RawRecord } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { eachMessage, takeRuns, type MessageRun } from '../src/message-run.js'

const text = (id: number, payload: string, code: number = Opcode.text): RawRecord => ({
  type: RecordType.message,
  flags: 0,
  code,
  id,
  payload: Buffer.from(payload),
})

function runsOf(block: Uint8Array): { runs: unknown[]; total: number | string } {
  const runs: unknown[] = []
  const take = (run: MessageRun): void => {
    const messages: string[] = []
    eachMessage(run, (kind, data) => messages.push(`${kind} ${Buffer.from(data).toString()}`))
    runs.push([run.socket, run.count, run.bytes, ...messages])
  }
  try {
    return { runs, total: takeRuns(block, take) }
  } catch (error) {
    return { runs, total: (error as Error).message }
  }
}

describe('a block of messages', () => {
  it('is taken as runs of one socket each, in order', () => {
    const records = [text(1, 'a'), text(1, 'bc', Opcode.binary), text(2, ''), text(1, 'd')]
    expect(runsOf(encodeRecords(records))).toEqual({
      runs: [
        [1, 2, 3, '1 a', '2 bc'],
        [2, 1, 0, '1 '],
        [1, 1, 1, '1 d'],
      ],
      total: 4,
    })
  })

  it('may hold other records, which are skipped', () => {
    const other = { ...text(1, 'x'), type: 99 }
    const { runs, total } = runsOf(encodeRecords([other, text(1, 'a'), other, text(1, 'b')]))
    expect([runs, total]).toEqual([
      [
        [1, 1, 1, '1 a'],
        [1, 1, 1, '1 b'],
      ],
      2,
    ])
  })

  it('may be empty', () => {
    expect(runsOf(new Uint8Array(0))).toEqual({ runs: [], total: 0 })
  })

  it.each([0, 3, 9, 65_535])('is refused from a message of kind %i on', (kind) => {
    const { runs, total } = runsOf(encodeRecords([text(1, 'a'), text(1, 'b', kind), text(1, 'c')]))
    expect(runs).toEqual([[1, 1, 1, '1 a']])
    expect(total).toBe(`kind must be 1 (text) or 2 (binary), got ${kind}`)
  })

  const damages: [string, (view: DataView, second: number) => void][] = [
    ['a size of 0', (view, at) => view.setUint32(at, 0, true)],
    ['a size that is no multiple of 8', (view, at) => view.setUint32(at, 20, true)],
    ['a size beyond the block', (view, at) => view.setUint32(at, 64, true)],
    ['the largest size', (view, at) => view.setUint32(at, 0xffff_fff8, true)],
    ['a size below the header', (view, at) => view.setUint32(at, 8, true)],
    ['a payload beyond its record', (view, at) => view.setUint32(at + 12, 9, true)],
    ['the largest payload', (view, at) => view.setUint32(at + 12, 0xffff_ffff, true)],
  ]
  it.each(damages)('is refused from a record on with %s', (_name, damage) => {
    const block = encodeRecords([text(1, 'a'), text(1, 'b')])
    damage(new DataView(block.buffer), 24)
    const { runs, total } = runsOf(block)
    expect(runs).toEqual([[1, 1, 1, '1 a']])
    expect(total).toBe('record 1 of the block is cut short')
  })

  it.each([1, 15])('is refused when its last %i bytes are no record', (more) => {
    const block = new Uint8Array(24 + more)
    block.set(encodeRecords([text(1, 'a')]))
    expect(runsOf(block).total).toBe('record 1 of the block is cut short')
  })
})
