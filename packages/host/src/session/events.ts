import {
  EwsError,
  RecordType,
  type RawRecord,
  type RestoredSocket,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { FindBlock } from '../bridge/operations.js'
import type { EventRecord } from './event-record.js'
import type { Limits } from '../limits.js'
import { Inbox } from './inbox.js'
import { Recovery } from './recovery.js'
import type { Socket } from './socket.js'
import { Waiting } from './waiting.js'

/**
 * The events of a session on their way to the guest: those that wait, who waits for them, and those that
 * the guest has fetched and not handled.
 */
export class Events {
  readonly #sockets: Map<number, Socket>
  readonly #inbox: Inbox
  readonly #waiting = new Waiting()
  /** What a restart must know; undefined when the plugin's sockets would not survive one. */
  #recovery: Recovery | undefined
  /** Counts the guests that there have been. */
  #generation = 0
  #drained = 0

  /** @param sockets those of the session; one whose close event is fetched is taken out. */
  constructor(sockets: Map<number, Socket>, limits: Limits) {
    this.#sockets = sockets
    this.#inbox = new Inbox(limits)
    this.#inbox.onFull = (full) => {
      for (const socket of sockets.values()) {
        socket.pause('inbox', full && !this.#waiting.has(socket.id))
      }
    }
  }

  /** How many wait. */
  get size(): number {
    return this.#inbox.size
  }

  /** What waits, now and at the most. */
  get inbox(): { events: number; bytes: number; peakEvents: number; peakBytes: number } {
    const { size: events, bytes, peak } = this.#inbox
    return { events, bytes, peakEvents: peak.events, peakBytes: peak.bytes }
  }

  /** Whether more wait than the host reads ahead. */
  get full(): boolean {
    return this.#inbox.full
  }

  /** How many were fetched so far. */
  get drained(): number {
    return this.#drained
  }

  push(record: EventRecord): void {
    this.#inbox.push(record)
    this.#waiting.wake(record.id)
  }

  /**
   * From here on what is fetched is remembered until it is handled.
   *
   * @param reports whether the guest tells how far it is with what it fetched.
   */
  track(reports: boolean): void {
    this.#recovery = new Recovery(reports)
  }

  /** How far the guest is with what it fetched (protocol: `Progress`). */
  advance(socket: number, step: number): void {
    this.#recovery?.advance(socket, step)
  }

  /** The guest wants no more messages of a socket, and hears why in their place. */
  dropMessages(socket: number, why: SocketEvent | undefined): void {
    this.#inbox.dropMessages(socket, why)
  }

  /** The socket of the event that would be fetched next. */
  get firstSocket(): number | undefined {
    return this.#inbox.firstSocket
  }

  /** An entry has returned: a guest that does not tell has handled what it fetched. */
  entryEnded(): void {
    this.#recovery?.entryEnded()
  }

  /**
   * Moves waiting events into a block, as many as fit and are asked for; of one socket, if one is named.
   *
   * @throws {EwsError} `EWS_TOO_SMALL` when not even the first one fits.
   */
  drain(block: Uint8Array, socket: number | undefined, most: number): number {
    const recovery = this.#recovery
    recovery?.fetching()
    return this.#inbox.drain(block, socket, most, (record) => {
      this.#drained++
      if (record.type === RecordType.close) this.#forget(record.id)
      recovery?.fetched(record, socket !== undefined)
    })
  }

  /**
   * The same, and waits for the first one if none is there; answers the bytes written, 0 when the time is over.
   *
   * @param timeoutMs -1 is no limit.
   * @param checkWait throws where the host cannot wait.
   * @throws {EwsError} `EWS_BAD_REQUEST` for another negative time; what `drain` and `wait` throw.
   */
  fetch(
    block: FindBlock,
    timeoutMs: number,
    socket: number | undefined,
    most: number,
    checkWait: () => void,
  ): number | Promise<number> {
    if (timeoutMs < -1) {
      const message = `timeout must be -1 or more milliseconds, got ${timeoutMs}`
      throw new EwsError('EWS_BAD_REQUEST', message)
    }
    const written = this.drain(block(), socket, most)
    if (written > 0 || timeoutMs === 0) return written
    checkWait()
    return this.wait(socket, timeoutMs).then(() => this.drain(block(), socket, most))
  }

  /** The next event of a socket, which is then none of the guest's any more. */
  take(socket: number): RawRecord | undefined {
    return this.#inbox.take(socket)
  }

  /**
   * Resolves when an event is there, and when the time is over; -1 is no limit.
   *
   * @throws {EwsError} `EWS_CLOSED` when the guest that waited is gone, and what came is another one's.
   */
  async wait(socket: number | undefined, timeoutMs: number): Promise<void> {
    if (this.#inbox.has(socket)) return
    const generation = this.#generation
    const reader = socket === undefined ? undefined : this.#sockets.get(socket)
    // The others may have filled the inbox: this one's reader takes what comes at once.
    reader?.pause('inbox', false)
    await this.#waiting.wait(socket, timeoutMs)
    if (this.#inbox.full) reader?.pause('inbox', true)
    if (this.#generation === generation) return
    throw new EwsError('EWS_CLOSED', 'the plugin that waited was restarted, or is being disposed')
  }

  /**
   * The guest is another one now: tells what the new one must know, and puts back what the old one
   * fetched and did not handle.
   */
  restart(): { sockets: RestoredSocket[]; taken: readonly RawRecord[] } {
    this.#nextGuest()
    const { taken = [], untaken = [], ended = [] } = this.#recovery?.lose() ?? {}
    for (const socket of ended) this.#sockets.set(socket.id, socket)
    this.#inbox.putBack(untaken)
    const sockets = [...this.#sockets.values()].sort((a, b) => a.id - b.id)
    return { sockets: sockets.map((socket) => socket.describe()), taken }
  }

  /** Forgets everything: the sockets are given up. */
  clear(): void {
    this.#nextGuest()
    this.#recovery?.clear()
    this.#inbox.clear()
  }

  #nextGuest(): void {
    this.#generation++
    this.#waiting.wakeAll()
  }

  /** Its close event is fetched: the id means nothing any more. */
  #forget(id: number): void {
    const socket = this.#sockets.get(id)
    if (socket !== undefined) this.#recovery?.ended(socket)
    this.#sockets.delete(id)
  }
}
