// js-pdk's own objects, one export per row of docs/js-pdk-compat.md. The input is always
// {"text":"héllo"}.

import { equal, thrownBy } from './assert.js'

const input = '{"text":"héllo"}'

export function inputString() {
  return equal(Host.inputString(), input)
}

export function inputBytes() {
  const bytes = Host.inputBytes()
  return equal(
    [bytes instanceof ArrayBuffer, new TextDecoder().decode(bytes as ArrayBuffer)],
    [true, input],
  )
}

export function outputString() {
  equal(Host.outputString('true'), true)
}

export function outputBytes() {
  equal(Host.outputBytes(new TextEncoder().encode('true').buffer), true)
}

export function base64() {
  const encoded = Host.arrayBufferToBase64(new TextEncoder().encode('héllo').buffer as ArrayBuffer)
  const decoded = new TextDecoder().decode(Host.base64ToArrayBuffer(encoded))
  return equal([encoded, decoded], ['aMOpbGxv', 'héllo'])
}

interface Functions {
  add_numbers(a: number, b: number): number
  upper_text(pointer: PTR): PTR
}

export function getFunctions() {
  const { add_numbers, upper_text } = Host.getFunctions() as unknown as Functions
  const text = Memory.fromString('héllo')
  return equal([add_numbers(2, 3), Memory.find(upper_text(text.offset)).readString()], [5, 'HÉLLO'])
}

export function invokeFunc() {
  // In the order of the interface file.
  return equal(Host.invokeFunc(0, 20, 22), 42)
}

export function config() {
  return equal([Config.get('user'), Config.get('nobody')], ['you', null])
}

export function variables() {
  Var.set('text', 'héllo')
  Var.set('bytes', new Uint8Array([1, 2, 3]).buffer)
  const bytes = Var.getBytes('bytes')
  return equal(
    [Var.getString('text'), bytes && [...new Uint8Array(bytes)], Var.getString('none')],
    ['héllo', [1, 2, 3], null],
  )
}

export function fromString() {
  const block = Memory.fromString('héllo')
  const read = [Number(block.len), block.readString(), Memory.find(block.offset).readString()]
  block.free()
  return equal(read, [6, 'héllo', 'héllo'])
}

export function fromBuffer() {
  const block = Memory.fromBuffer(new Uint8Array([0, 255, 7]).buffer)
  return equal([...new Uint8Array(block.readBytes())], [0, 255, 7])
}

export function fromJsonObject() {
  const block = Memory.fromJsonObject({ list: [1, 'two'] })
  return equal(block.readJsonObject(), { list: [1, 'two'] })
}

export function numbersInMemory() {
  const blocks = [
    Memory.allocUInt32(4_294_967_295).readUInt32(),
    String(Memory.allocUInt64(2n ** 63n).readUInt64()),
    Memory.allocFloat32(1.5).readFloat32(),
    Memory.allocFloat64(0.1).readUFloat64(),
  ]
  return equal(blocks, [4_294_967_295, '9223372036854775808', 1.5, 0.1])
}

export function memoryHandle() {
  const block = Memory.fromString('x')
  const handle = new MemoryHandle(block.offset, block.len)
  return equal([handle.readString(), block instanceof MemoryHandle], ['x', true])
}

export function throwsError() {
  return equal(
    thrownBy(() => {
      throw new RangeError('no')
    }),
    'RangeError',
  )
}
