import { errorNumbers } from '@extism-ws/protocol'

import { engine } from '../engine.js'
import { bridge, neededBytes, slot } from './direct.js'
import { decodeRecords, type FetchedRecord } from './fetched-records.js'
import type { SyncBridge } from './sync-bridge.js'

/** Of the block that events are read into, unless one needs more. */
const usualCapacity = 65_536
const tooSmall = errorNumbers.EWS_TOO_SMALL

class DirectSyncBridge implements SyncBridge {
  readonly #native = engine().native
  readonly #receive = slot('ws_direct_receive')
  readonly #poll = slot('ws_direct_poll')

  receive(socket: number, timeoutMs: number): FetchedRecord | number {
    let block = this.#native.directRead(this.#receive, usualCapacity, socket, timeoutMs)
    if (block === tooSmall) {
      block = this.#native.directRead(this.#receive, neededBytes(bridge()), socket, 0)
    }
    return typeof block === 'number' ? block : (this.#decode(block)[0] ?? 0)
  }

  collect(timeoutMs: number): FetchedRecord[] | number {
    let block = this.#native.directRead(this.#poll, usualCapacity, timeoutMs)
    if (block === tooSmall) block = this.#native.directRead(this.#poll, neededBytes(bridge()), 0)
    return typeof block === 'number' ? block : this.#decode(block)
  }

  #decode(block: Uint8Array): FetchedRecord[] {
    return decodeRecords(block, this.#native.decode)
  }
}

let instance: DirectSyncBridge | undefined

/** The bridge of this plugin, made at first use. */
export function syncBridge(): SyncBridge {
  instance ??= new DirectSyncBridge()
  return instance
}
