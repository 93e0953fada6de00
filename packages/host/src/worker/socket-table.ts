// What the plugin's thread must know of its sockets to send without asking: a row per socket, written by
// the main thread alone.

import { frameHeaderBytes } from '@extism-ws/protocol'

const rowWords = 4
const idAt = 0
const openAt = 1
const roomAt = 2
const takenAt = 3

/** The memory of a table for so many sockets. */
export function tableFor(sockets: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * rowWords * sockets))
}

/** The main thread's side. */
export class SocketTableWriter {
  readonly #words: Int32Array
  readonly #rows = new Map<number, number>()
  readonly #free: number[]

  constructor(words: Int32Array) {
    this.#words = words
    this.#free = Array.from(
      { length: words.length / rowWords },
      (_, i) => i * rowWords,
    ).toReversed()
  }

  /** Its socket can be sent on, and takes so many bytes; it may have taken other amounts before. */
  open(socket: number, room: number): void {
    const known = this.#rows.get(socket)
    if (known !== undefined) {
      // What is under way stays counted.
      Atomics.store(this.#words, known + roomAt, bounded(room))
      return
    }
    const row = this.#free.pop()
    // More sockets than rows: those without one are sent on by asking.
    if (row === undefined) return
    this.#rows.set(socket, row)
    Atomics.store(this.#words, row + roomAt, bounded(room))
    Atomics.store(this.#words, row + takenAt, 0)
    Atomics.store(this.#words, row + idAt, socket)
    Atomics.store(this.#words, row + openAt, 1)
  }

  /** So many bytes more were taken out of the ring; in this order, so that no reader sees too much room. */
  taken(socket: number, bytes: number, room: number): void {
    const row = this.#rows.get(socket)
    if (row === undefined) return
    Atomics.store(this.#words, row + roomAt, bounded(room))
    Atomics.add(this.#words, row + takenAt, bytes)
  }

  close(socket: number): void {
    const row = this.#rows.get(socket)
    if (row === undefined) return
    Atomics.store(this.#words, row + openAt, 0)
    Atomics.store(this.#words, row + idAt, 0)
    this.#rows.delete(socket)
    this.#free.push(row)
  }
}

/** The plugin's side. */
export class SocketTableReader {
  readonly #words: Int32Array
  /** By socket: its row, and the bytes that went into the ring, modulo 2³². */
  readonly #known = new Map<number, { readonly row: number; sent: number }>()

  constructor(words: Int32Array) {
    this.#words = words
  }

  /** Whether a message can go into the ring; then it counts. Otherwise the main thread must be asked. */
  take(socket: number, bytes: number): boolean {
    const known = this.#find(socket)
    if (known === undefined) return false
    const { row, sent } = known
    if (Atomics.load(this.#words, row + openAt) !== 1) return false
    const underWay = (sent - Atomics.load(this.#words, row + takenAt)) | 0
    const room = Atomics.load(this.#words, row + roomAt)
    if (room - underWay < countedBytes(1, bytes)) return false
    known.sent = (sent + countedBytes(1, bytes)) | 0
    return true
  }

  #find(socket: number): { readonly row: number; sent: number } | undefined {
    const known = this.#known.get(socket)
    if (known !== undefined) {
      if (Atomics.load(this.#words, known.row + idAt) === socket) return known
      this.#known.delete(socket)
    }
    for (let row = 0; row < this.#words.length; row += rowWords) {
      if (Atomics.load(this.#words, row + idAt) !== socket) continue
      const found = { row, sent: 0 }
      this.#known.set(socket, found)
      return found
    }
    return undefined
  }
}

/** What a record in the ring counts as, in bytes. */
export function countedBytes(messages: number, payloads: number): number {
  return payloads + messages * frameHeaderBytes
}

function bounded(room: number): number {
  return Math.min(room, 2 ** 31 - 1)
}
