import { errorNumbers, Progress } from '@extism-ws/protocol'

import { findEngine, timedOut } from '../engine.js'
import { isOutOfMemory } from '../out-of-memory.js'
import type { Bridge, Deliver } from './bridge.js'
import { decodeRecords, FetchedRecords, type FetchedRecord } from './fetched-records.js'
import { SendBatch } from './send-batch.js'

/** What of the public js-pdk API this layer uses; nothing else. */
interface JsPdk {
  Host: { getFunctions(): Record<string, (...args: number[]) => number> }
  Memory: {
    fromString(text: string): MemoryHandle
    fromBuffer(bytes: ArrayBuffer): MemoryHandle
    find(offset: number): MemoryHandle
  }
}

export interface MemoryHandle {
  readonly offset: number
  readonly len: number
  readString(): string
  readBytes(): ArrayBuffer
  free(): void
}

/** Making a block copies it byte by byte on most hosts: it starts small, and grows with the traffic. */
const firstCapacity = 4096
const usualCapacity = 65_536
const tooSmall = errorNumbers.EWS_TOO_SMALL

/**
 * The portable layer: Extism memory blocks through the public js-pdk API, so that it also works in
 * a plugin made by the official compiler, and in hosts that cannot see the guest's memory.
 */
class PortableBridge implements Bridge {
  readonly #pdk = globalThis as unknown as JsPdk
  readonly #functions = this.#pdk.Host.getFunctions()
  // A message may begin with U+FEFF: it is part of the text.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #fetched = new FetchedRecords((socket, step) => this.progress(socket, step))
  #capacity = firstCapacity
  readonly #batch = new SendBatch({
    info: (socket) => this.#text(this.call('ws_info', socket)),
    sendMany: (block) =>
      this.#with(this.#pdk.Memory.fromBuffer(exactBuffer(block)), ({ offset, len }) =>
        this.call('ws_send_many', offset, len),
      ),
    error: () => this.error(),
  })

  connect(request: string): number {
    return this.#with(this.#pdk.Memory.fromString(request), (block) =>
      this.call('ws_connect', block.offset),
    )
  }

  send(socket: number, kind: number, data: string | Uint8Array): number {
    if (this.#batch.take(socket, kind, data)) return 0
    const block =
      typeof data === 'string'
        ? this.#pdk.Memory.fromString(data)
        : this.#pdk.Memory.fromBuffer(exactBuffer(data))
    return this.#with(block, () => this.call('ws_send', socket, kind, block.offset, block.len))
  }

  close(socket: number, code: number, reason: string): number {
    this.#batch.flush()
    return this.#with(this.#pdk.Memory.fromString(reason), (block) =>
      this.call('ws_close', socket, code, block.offset),
    )
  }

  pause(socket: number, paused: boolean): number {
    return this.call('ws_pause', socket, paused ? 1 : 0)
  }

  save(socket: number, bytes: Uint8Array): number {
    return this.#with(this.#pdk.Memory.fromBuffer(exactBuffer(bytes)), ({ offset, len }) =>
      this.call('ws_save', socket, offset, len),
    )
  }

  poll(timeoutMs: number, deliver: Deliver): number {
    this.#batch.flush()
    this.#batch.newTurn()
    // What an interrupt left over comes first, and is not all.
    const rest = this.#fetched.deliver(deliver)
    if (timedOut()) return rest
    const written = this.#drain(rest > 0 ? 0 : timeoutMs, this.#capacity)
    return written < 0 ? written : rest + this.#fetched.deliver(deliver)
  }

  undelivered(): boolean {
    return this.#fetched.waiting
  }

  progress(socket: number, step: number): number {
    const matters = findEngine()?.tracked !== false || step === Progress.refused
    return !matters ? 0 : this.call('ws_progress', socket, step)
  }

  info(socket: number): string {
    this.#batch.flush()
    return this.#text(this.call('ws_info', socket))
  }

  error(): string {
    return this.#text(this.call('ws_error'))
  }

  #drain(timeoutMs: number, capacity: number): number {
    const block = this.newBlock(capacity)
    const written = this.#with(block, () => {
      const result = this.call('ws_poll', timeoutMs, block.offset, capacity)
      if (result > 0) this.#fetched.add(this.decode(block.readBytes(), result))
      return result
    })
    if (written === tooSmall) {
      // For this one event only: the next poll pays for every byte of its block again.
      const { needed } = JSON.parse(this.error()) as { needed?: number }
      try {
        return this.#drain(0, Math.max(needed ?? 0, 2 * capacity))
      } catch (error) {
        if (!isOutOfMemory(error)) throw error
        // There is no memory for it, and others are not to wait behind it.
        this.progress(0, Progress.refused)
        return this.#drain(0, capacity)
      }
    }
    if (written > this.#capacity / 2 && this.#capacity < usualCapacity) this.#capacity *= 2
    return written
  }

  /** Sends what is packed, before an entry waits. */
  flush(): void {
    this.#batch.flush()
    this.#batch.askAgain()
  }

  newBlock(capacity: number): MemoryHandle {
    return this.#pdk.Memory.fromBuffer(new ArrayBuffer(capacity))
  }

  /** The records of a block that a host function wrote so many bytes into. */
  decode(block: ArrayBuffer, written: number): FetchedRecord[] {
    return decodeRecords(new Uint8Array(block, 0, written), (bytes) => this.#decoder.decode(bytes))
  }

  call(name: string, ...args: number[]): number {
    const hostFunction = this.#functions[name]
    if (hostFunction === undefined) throw new Error(`host function ${name} is not imported`)
    return hostFunction(...args)
  }

  /** Blocks are freed at once: between two resets a host may have no more than 32,767 of them. */
  #with<T>(block: MemoryHandle, use: (block: MemoryHandle) => T): T {
    try {
      return use(block)
    } finally {
      block.free()
    }
  }

  #text(offset: number): string {
    // Extism's null: the host had no block left for the text.
    if (offset === 0) return '{}'
    return this.#with(this.#pdk.Memory.find(offset), (block) => block.readString())
  }
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}

let instance: PortableBridge | undefined

/** The bridge of this plugin, made at first use. */
export function portableBridge(): PortableBridge {
  instance ??= new PortableBridge()
  return instance
}

export function bridge(): Bridge {
  return portableBridge()
}
