import { expect, test } from 'vitest'
import { decodeModule, encodeModule, ValueType, type ElementSegment } from '../src/index.js'
import { binary } from './binary.js'

const { funcref, externref } = ValueType
const offset = Uint8Array.of(0x41, 0x05, 0x0b)
const refFunc = Uint8Array.of(0xd2, 0x02, 0x0b)
const refNull = Uint8Array.of(0xd0, 0x6f, 0x0b)

const forms: [string, number[], ElementSegment][] = [
  [
    'active functions of table 0',
    [0x00, 0x41, 0x05, 0x0b, 0x02, 0x01, 0x02],
    {
      mode: { kind: 'active', table: 0, offset },
      items: { kind: 'functions', indices: [1, 2] },
    },
  ],
  [
    'passive functions',
    [0x01, 0x00, 0x01, 0x02],
    { mode: { kind: 'passive' }, items: { kind: 'functions', indices: [2] } },
  ],
  [
    'active functions of another table',
    [0x02, 0x01, 0x41, 0x05, 0x0b, 0x00, 0x01, 0x02],
    {
      mode: { kind: 'active', table: 1, offset },
      items: { kind: 'functions', indices: [2] },
    },
  ],
  [
    'declared functions',
    [0x03, 0x00, 0x01, 0x02],
    { mode: { kind: 'declarative' }, items: { kind: 'functions', indices: [2] } },
  ],
  [
    'active expressions of table 0',
    [0x04, 0x41, 0x05, 0x0b, 0x01, 0xd2, 0x02, 0x0b],
    {
      mode: { kind: 'active', table: 0, offset },
      items: { kind: 'expressions', type: funcref, expressions: [refFunc] },
    },
  ],
  [
    'passive expressions',
    [0x05, 0x6f, 0x01, 0xd0, 0x6f, 0x0b],
    {
      mode: { kind: 'passive' },
      items: { kind: 'expressions', type: externref, expressions: [refNull] },
    },
  ],
  [
    'active expressions of another type',
    [0x06, 0x00, 0x41, 0x05, 0x0b, 0x6f, 0x01, 0xd0, 0x6f, 0x0b],
    {
      mode: { kind: 'active', table: 0, offset },
      items: { kind: 'expressions', type: externref, expressions: [refNull] },
    },
  ],
  [
    'declared expressions',
    [0x07, 0x70, 0x01, 0xd2, 0x02, 0x0b],
    {
      mode: { kind: 'declarative' },
      items: { kind: 'expressions', type: funcref, expressions: [refFunc] },
    },
  ],
]

test.each(forms)('%s are read and written', (_, bytes, segment) => {
  const module = binary([9, [0x01, ...bytes]])
  expect(decodeModule(module).elements).toEqual([segment])
  expect(encodeModule(decodeModule(module))).toEqual(module)
})

test('table 0 given explicitly is written the short way', () => {
  const long = binary([9, [0x01, 0x02, 0x00, 0x41, 0x05, 0x0b, 0x00, 0x01, 0x02]])
  const short = binary([9, [0x01, 0x00, 0x41, 0x05, 0x0b, 0x01, 0x02]])
  expect(encodeModule(decodeModule(long))).toEqual(short)
})
