import { expect, test } from 'vitest'
import { listExports } from '../src/index.js'
import { binary, name } from './binary.js'
import { sample } from './sample.js'

test('exports of all kinds are listed in order', () => {
  const bytes = binary([
    7,
    [
      ...[0x05],
      ...[...name('f'), 0x00, 0x00],
      ...[...name('t'), 0x01, 0x00],
      ...[...name('m'), 0x02, 0x00],
      ...[...name('g'), 0x03, 0x80, 0x01],
      ...[...name('ä'), 0x04, 0x00],
    ],
  ])
  expect(listExports(bytes)).toEqual([
    { name: 'f', kind: 'function' },
    { name: 't', kind: 'table' },
    { name: 'm', kind: 'memory' },
    { name: 'g', kind: 'global' },
    { name: 'ä', kind: 'tag' },
  ])
})

test('the engine agrees', () => {
  expect(listExports(sample)).toEqual(WebAssembly.Module.exports(new WebAssembly.Module(sample)))
})

test('a module without exports has none', () => {
  expect(listExports(binary())).toEqual([])
})

test('an export section that is longer than its content is refused', () => {
  expect(() => listExports(binary([7, [0x00, 0x00]]))).toThrow('longer than its content')
})
