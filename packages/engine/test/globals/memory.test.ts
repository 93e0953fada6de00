import { describe, expect, it } from 'vitest'

import { evaluate, inEngine } from '../sandbox.js'

const blocks = `
  const blocks = new Map(); const freed = []
  native.blockNew = (data) => { const at = (blocks.size + 1) * 8; blocks.set(at, typeof data === 'string' ? native.encode(data) : data.slice()); return at }
  native.blockLength = (at) => blocks.get(at)?.length ?? 0
  native.blockRead = (at, length) => blocks.get(at).slice(0, length)
  native.blockFree = (at) => freed.push(at)
`

describe('Memory', () => {
  it('keeps texts, bytes and JSON', () => {
    const script = `${blocks}
      return [Memory.fromString('é').readString(), [...new Uint8Array(Memory.fromBuffer(new Uint8Array([1, 2]).buffer).readBytes())],
        Memory.fromJsonObject({ a: [1] }).readJsonObject(), Memory.fromString('abc').len]`
    expect(inEngine(script, 'memory')).toEqual(['é', [1, 2], { a: [1] }, 3])
  })

  it('keeps numbers of every width, little-endian', () => {
    const script = `${blocks}
      const handles = [Memory.allocUInt32(0xdeadbeef), Memory.allocUInt64(2n ** 63n), Memory.allocFloat32(0.5), Memory.allocFloat64(-1e300)]
      return [handles[0].readUInt32(), String(handles[1].readUInt64()), handles[2].readFloat32(), handles[3].readUFloat64(),
        handles[3].readFloat64(), handles.map(({ len }) => len), [...blocks.get(8)]]`
    expect(inEngine(script, 'memory')).toEqual([
      ...[0xdeadbeef, String(2n ** 63n), 0.5, -1e300, -1e300],
      [4, 8, 4, 8],
      [0xef, 0xbe, 0xad, 0xde],
    ])
  })

  it('finds a block by its offset, be it a BigInt', () => {
    const script = `${blocks}
      const { offset } = Memory.fromString('found'); const handle = new MemoryHandle(BigInt(offset), 2n)
      Memory.find(offset).free()
      return [Memory.find(BigInt(offset)).readString(), handle.readString(), handle instanceof MemoryHandle, freed]`
    expect(inEngine(script, 'memory')).toEqual(['found', 'fo', true, [8]])
  })

  it('is refused while a plugin is built', () => {
    expect(() => evaluate("Memory.fromString('x')", 'memory')).toThrow(
      /Memory was called while the plugin was being built; there is no host yet/,
    )
  })
})

describe('Host', () => {
  it('calls host functions by their place', () => {
    const script = `
      hostFunctions.one = { slot: 7, signature: 'ij' }; hostFunctions.two = { slot: 8, signature: 'v' }
      native.call = (...args) => args
      return [Host.invokeFunc(0, 5), Host.invokeFunc0(1) ?? null, thrown(() => Host.invokeFunc(2)), Object.keys(Host.getFunctions())]`
    expect(inEngine(script)).toEqual([[7, 'ij', 5], null, 'RangeError 0', ['one', 'two']])
  })

  it('converts base64', () => {
    const script = `
      const buffer = Host.base64ToArrayBuffer('AP+/aGk=')
      return [[...new Uint8Array(buffer)], Host.arrayBufferToBase64(buffer), buffer instanceof ArrayBuffer]`
    expect(inEngine(script)).toEqual([[0, 255, 191, 104, 105], 'AP+/aGk=', true])
  })
})

describe('what the engine brings along', () => {
  it('has DOMException, atob, btoa and Date', () => {
    const script = `
      const error = new DOMException('m', 'AbortError')
      return [error.name, error.code, error.message, error instanceof Error, DOMException.DATA_CLONE_ERR, error.ABORT_ERR,
        new DOMException('m').name, new DOMException('m', 'Own').code, atob(' aGk \\n='), btoa('\\xff'), thrown(() => atob('*')),
        thrown(() => btoa('€')), new Date(0).toISOString(), typeof Date.now(), typeof new Date().getTime()]`
    expect(inEngine(script)).toEqual([
      ...['AbortError', 20, 'm', true, 25, 20, 'Error', 0, 'hi', '/w=='],
      ...['InvalidCharacterError 5', 'InvalidCharacterError 5', '1970-01-01T00:00:00.000Z'],
      ...['number', 'number'],
    ])
  })
})
