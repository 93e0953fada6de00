import { errorNumbers } from '@extism-ws/protocol'

import { engine } from '../engine.js'
import type { FetchedRecord } from './fetched-records.js'
import { portableBridge, type MemoryHandle } from './portable.js'
import type { SyncBridge } from './sync-bridge.js'

/** Reading a block costs all its bytes on most hosts: large ones are for events that need them. */
const smallCapacity = 4096
const tooSmall = errorNumbers.EWS_TOO_SMALL

/**
 * Waits in the portable layer. An entry may have 32,767 blocks, and one that waits may go through as many
 * messages: it writes them into the same two blocks again and again.
 */
class PortableSyncBridge implements SyncBridge {
  readonly #bridge = portableBridge()
  #small: MemoryHandle | undefined
  #large: MemoryHandle | undefined
  /** Number of the entry that the blocks are of: the host takes them back when it ends. */
  #entry = 0

  receive(socket: number, timeoutMs: number): FetchedRecord | number {
    const records = this.#read('ws_receive', timeoutMs, [socket])
    return typeof records === 'number' ? records : (records[0] ?? 0)
  }

  collect(timeoutMs: number): FetchedRecord[] | number {
    return this.#read('ws_poll', timeoutMs, [])
  }

  #read(name: string, timeoutMs: number, socket: number[]): FetchedRecord[] | number {
    const { entries } = engine().loop
    if (entries !== this.#entry) this.#small = this.#large = undefined
    this.#entry = entries
    // What is sent comes before what is waited for; without waiting, packing goes on.
    if (timeoutMs !== 0) this.#bridge.flush()
    const read = (block: MemoryHandle, timeout: number): FetchedRecord[] | number => {
      const written = this.#bridge.call(name, ...socket, timeout, block.offset, block.len)
      return written > 0 ? this.#bridge.decode(block.readBytes(), written) : written
    }
    this.#small ??= this.#bridge.newBlock(smallCapacity)
    let records = read(this.#small, timeoutMs)
    if (records === tooSmall && this.#large !== undefined) records = read(this.#large, 0)
    if (records === tooSmall) {
      // Asking what is needed takes a block too: it is rare, since the block at least doubles.
      const { needed } = JSON.parse(this.#bridge.error()) as { needed?: number }
      const last = this.#large?.len ?? smallCapacity
      this.#large?.free()
      // Making another may fail.
      this.#large = undefined
      this.#large = this.#bridge.newBlock(Math.max(needed ?? 0, 2 * last))
      records = read(this.#large, 0)
    }
    if (records !== 0) return records
    // Nothing is there: whoever asks again waits for answers to what was sent.
    this.#bridge.flush()
    return []
  }
}

let instance: PortableSyncBridge | undefined

/** The bridge of this plugin, made at first use. */
export function syncBridge(): SyncBridge {
  instance ??= new PortableSyncBridge()
  return instance
}
