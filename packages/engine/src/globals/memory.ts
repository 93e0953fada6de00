import { bufferOf, bytesOf } from '../prelude/bytes.js'
import { define } from './define.js'
import { native, needHost } from './engine.js'

/** js-pdk's `MemoryHandle`: a block of Extism memory. */
class MemoryHandle {
  readonly offset: number
  readonly len: number

  constructor(offset: number | bigint, len: number | bigint) {
    this.offset = Number(offset)
    this.len = Number(len)
  }

  readString(): string {
    return native.decode(native.blockRead(this.offset, this.len))
  }

  readBytes(): ArrayBuffer {
    return bufferOf(native.blockRead(this.offset, this.len))
  }

  readJsonObject<T = unknown>(): T {
    return JSON.parse(this.readString()) as T
  }

  readUInt32(): number {
    return this.#view().getUint32(0, true)
  }

  readUInt64(): bigint {
    return this.#view().getBigUint64(0, true)
  }

  readFloat32(): number {
    return this.#view().getFloat32(0, true)
  }

  readFloat64(): number {
    return this.#view().getFloat64(0, true)
  }

  /** js-pdk's name for it. */
  readUFloat64(): number {
    return this.readFloat64()
  }

  free(): void {
    native.blockFree(this.offset)
  }

  #view(): DataView {
    return new DataView(this.readBytes())
  }
}

/** js-pdk's `Memory`. Numbers are little-endian, as Wasm has them. */
const Memory = {
  fromString: (text: unknown): MemoryHandle => handle(newBlock(String(text))),
  fromBuffer: (bytes: unknown): MemoryHandle => handle(newBlock(bytesOf(bytes))),
  fromJsonObject: (value: unknown): MemoryHandle => Memory.fromString(JSON.stringify(value)),
  allocUInt32: (value: number): MemoryHandle =>
    allocate(4, (view) => view.setUint32(0, value, true)),
  allocUInt64: (value: number | bigint): MemoryHandle =>
    allocate(8, (view) => view.setBigUint64(0, BigInt(value), true)),
  allocFloat32: (value: number): MemoryHandle =>
    allocate(4, (view) => view.setFloat32(0, value, true)),
  allocFloat64: (value: number): MemoryHandle =>
    allocate(8, (view) => view.setFloat64(0, value, true)),
  find: (offset: unknown): MemoryHandle => handle(Number(offset)),
}

function allocate(bytes: number, write: (view: DataView) => void): MemoryHandle {
  const view = new DataView(new ArrayBuffer(bytes))
  write(view)
  return Memory.fromBuffer(view)
}

function newBlock(data: string | Uint8Array): number {
  needHost('Memory')
  return native.blockNew(data)
}

function handle(offset: number): MemoryHandle {
  needHost('Memory')
  return new MemoryHandle(offset, native.blockLength(offset))
}

define({ Memory, MemoryHandle })
