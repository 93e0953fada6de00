import { expect, test } from 'vitest'
import { decodeModule, encodeModule } from '../src/index.js'
import { binary, instantiate, name, run } from './binary.js'
import { sample, sampleImports } from './sample.js'

test('a module comes back byte for byte when it is written in the shortest way', () => {
  expect(encodeModule(decodeModule(sample))).toEqual(sample)
})

test('an empty module is a header', () => {
  expect(encodeModule(decodeModule(binary()))).toEqual(binary())
})

test('the written module runs like the one that was read', () => {
  const instance = instantiate(encodeModule(decodeModule(sample)), sampleImports)
  expect(run(instance, 'run', 4)).toBe(44)
  expect(instance.exports['counter']).toHaveProperty('value', 8)
})

test('custom sections go to the end', () => {
  const note = [0, [...name('note'), 7]] as const
  const type = [1, [0x01, 0x60, 0x00, 0x00]] as const
  expect(encodeModule(decodeModule(binary(note, type)))).toEqual(binary(type, note))
})

test('empty sections are left out', () => {
  expect(encodeModule(decodeModule(binary([1, [0x00]], [2, [0x00]])))).toEqual(binary())
})

test('imports of all kinds are written', () => {
  const imports = binary(
    [1, [0x01, 0x60, 0x00, 0x00]],
    [
      2,
      [
        ...[0x04],
        ...[...name('e'), ...name('f'), 0x00, 0x00],
        ...[...name('e'), ...name('t'), 0x01, 0x70, 0x01, 0x01, 0x02],
        ...[...name('e'), ...name('m'), 0x02, 0x00, 0x01],
        ...[...name('e'), ...name('g'), 0x03, 0x7e, 0x01],
      ],
    ],
  )
  expect(encodeModule(decodeModule(imports))).toEqual(imports)
})

test('the data count follows the data', () => {
  const module = decodeModule(sample)
  module.data.push({ mode: { kind: 'passive' }, bytes: Uint8Array.of(1) })
  const encoded = encodeModule(module)
  expect(decodeModule(encoded).data).toHaveLength(3)
  expect(WebAssembly.validate(encoded)).toBe(true)
})

test('data of another memory keeps its memory', () => {
  const data = binary([11, [0x01, 0x02, 0x01, 0x41, 0x00, 0x0b, 0x01, 0x07]])
  expect(encodeModule(decodeModule(data))).toEqual(data)
})
