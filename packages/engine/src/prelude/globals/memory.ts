import { bufferOf, bytesOf } from '../bytes.js'
import { native } from '../native.js'
import { needHost } from '../stage.js'

/** js-pdk's `MemoryHandle`: a block of Extism memory. */
export class MemoryHandle {
  readonly offset: number
  readonly len: number

  constructor(offset: number, len: number) {
    this.offset = offset
    this.len = len
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

  free(): void {
    native.blockFree(this.offset)
  }
}

/** js-pdk's `Memory`. */
export const Memory = {
  fromString: (text: unknown): MemoryHandle => handle(newBlock(String(text))),
  fromBuffer: (bytes: unknown): MemoryHandle => handle(newBlock(bytesOf(bytes))),
  fromJsonObject: (value: unknown): MemoryHandle => Memory.fromString(JSON.stringify(value)),
  find: (offset: unknown): MemoryHandle => handle(Number(offset)),
}

function newBlock(data: string | Uint8Array): number {
  needHost('Memory')
  return native.blockNew(data)
}

function handle(offset: number): MemoryHandle {
  needHost('Memory')
  return new MemoryHandle(offset, native.blockLength(offset))
}
