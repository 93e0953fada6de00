import { describe, expect, test } from 'vitest'
import { readSections, SectionId, WasmError, writeSections } from '../src/index.js'
import { binary } from './binary.js'
import { sample } from './sample.js'

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

describe('reading', () => {
  test('sections come with their id, content and place', () => {
    const bytes = Uint8Array.of(...header, 0x05, 0x03, 0x01, 0x00, 0x01, 0x00, 0x02, 0x01, 0x61)
    expect(readSections(bytes)).toEqual([
      { id: SectionId.memory, body: Uint8Array.of(0x01, 0x00, 0x01), offset: 10 },
      { id: SectionId.custom, body: Uint8Array.of(0x01, 0x61), offset: 15 },
    ])
  })

  test('an empty module has none', () => {
    expect(readSections(Uint8Array.from(header))).toEqual([])
  })

  test('unknown sections pass, in any order', () => {
    expect(readSections(binary([99, [1, 2]], [1, [0]])).map(({ id }) => id)).toEqual([99, 1])
  })

  test('what is not Wasm is refused by its first bytes', () => {
    const text = new TextEncoder().encode('<!doctype html>')
    expect(() => readSections(text)).toThrow('not a Wasm binary (it starts with 3c 21 64 6f)')
  })

  test('a component is called a component', () => {
    const component = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00)
    expect(() => readSections(component)).toThrow('this is a Wasm component, not a core module')
  })

  test('another version is refused', () => {
    const future = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x02, 0x00, 0x00, 0x00)
    expect(() => readSections(future)).toThrow('Wasm version 02 00 00 00 is not supported')
  })

  test('a section that is cut off is refused at the end of the bytes', () => {
    const cut = Uint8Array.of(...header, 0x05, 0x03, 0x01)
    expect(() => readSections(cut)).toThrow('unexpected end, at byte 11')
    expect(() => readSections(cut)).toThrow(
      expect.objectContaining({ name: 'WasmError', code: 'EWS_BAD_WASM', offset: 11 }),
    )
    expect(() => readSections(new Uint8Array())).toThrow(WasmError)
  })
})

describe('writing', () => {
  test('gives back what was read', () => {
    expect(writeSections(readSections(sample))).toEqual(sample)
  })

  test('a long section gets a long size', () => {
    const written = writeSections([{ id: 0, body: new Uint8Array(300) }])
    expect(written.subarray(8, 11)).toEqual(Uint8Array.of(0x00, 0xac, 0x02))
    expect(written.length).toBe(311)
  })

  test('the result owns a buffer of exactly its length', () => {
    const written = writeSections([{ id: 0, body: Uint8Array.of(1, 0x61) }])
    expect(written.buffer.byteLength).toBe(written.length)
  })
})
