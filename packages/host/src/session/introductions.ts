import { EwsError } from '@extism-ws/protocol'

import type { EventRecord } from './event-record.js'
import type { Socket } from './socket.js'

/**
 * Sockets that the guest has not been told of yet: what others opened, until its `onConnection` is called
 * (docs/abi.md, section 12). Their events wait; while they do, nothing is read.
 */
export class Introductions {
  readonly #waiting = new Map<number, EventRecord[]>()

  has(id: number): boolean {
    return this.#waiting.has(id)
  }

  /** From here on the socket's events wait. */
  hold(socket: Socket): void {
    this.#waiting.set(socket.id, [])
    socket.pause('host', true)
  }

  /** Keeps an event back; false for a socket that the guest knows. */
  keep(event: EventRecord): boolean {
    // Asked for every message: mostly nobody waits.
    if (this.#waiting.size === 0) return false
    const events = this.#waiting.get(event.id)
    events?.push(event)
    return events !== undefined
  }

  /**
   * The guest is told of the socket now; answers the events that waited.
   *
   * @throws {EwsError} `EWS_CLOSED` when the socket is gone.
   */
  make(id: number, socket: Socket | undefined): EventRecord[] {
    const events = this.#waiting.get(id)
    if (socket === undefined || events === undefined) {
      throw new EwsError('EWS_CLOSED', `socket ${id} was closed before the plugin was told of it`)
    }
    this.#waiting.delete(id)
    socket.pause('host', false)
    return events
  }

  clear(): void {
    this.#waiting.clear()
  }
}
