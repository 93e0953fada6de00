import { encodeRecords, Opcode, RecordFlag, readRecords } from '@extism-ws/protocol'
import { describe, expect, it } from 'vitest'

import { Pieces } from '../../src/pieces.js'
import { messageRecord, payloadBytes, writeEvent } from '../../src/session/event-record.js'

const texts = ['a message', ' in', '', ' pieces']
const pieces = (): Pieces => new Pieces(texts.map((text) => Buffer.from(text)))

describe('the record of a message in pieces', () => {
  it('is that of the message', () => {
    const record = messageRecord(7, Opcode.text, pieces())
    const whole = messageRecord(7, Opcode.text, Buffer.from(texts.join('')))
    const block = new Uint8Array(100).fill(0xff)
    const written = writeEvent(block, new DataView(block.buffer), 8, record)
    expect(block.subarray(8, 8 + written)).toEqual(encodeRecords([whole]))
    expect(block[8 + written]).toBe(0xff)
    expect(payloadBytes(record)).toBe(payloadBytes(whole))
  })

  it('can be told of again to another instance, as one that was taken', () => {
    const record = messageRecord(7, Opcode.text, pieces())
    const [again] = readRecords(encodeRecords([{ ...record, flags: RecordFlag.taken }]))
    expect(again?.flags).toBe(RecordFlag.taken)
    expect(Buffer.from(again?.payload ?? []).toString()).toBe(texts.join(''))
  })
})
