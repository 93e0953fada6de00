import {
  errorData,
  type EwsError,
  Opcode,
  Progress,
  readRecords,
  RecordType,
  type RawRecord,
} from '@extism-ws/protocol'

import type { EntryExports } from '../bridge/entry-exports.js'
import type { FindBlock, SessionOperations } from '../bridge/operations.js'
import { eachMessage, takeRuns } from '../message-run.js'
import { Inbox } from '../session/inbox.js'
import { noMemory } from '../session/socket.js'
import type { Caller } from './caller.js'
import type { Request } from './messages.js'
import { progressType, type RingWriter } from './ring.js'
import type { SocketTableReader } from './socket-table.js'

const nothing = new Uint8Array(0)

export interface RemoteSessionParts {
  readonly caller: Caller
  readonly ring: RingWriter
  readonly table: SocketTableReader
  readonly mailbox: Uint8Array
  readonly entry: EntryExports
  /** Whether the main thread wants to know how far the guest is. */
  readonly reports: boolean
}

/**
 * The session as its plugin's thread sees it. Sends and reports go through the ring without waiting;
 * everything else is asked of the main thread, where the session is.
 */
export class RemoteSession implements SessionOperations {
  readonly #parts: RemoteSessionParts
  /** What was fetched ahead. Its bounds are those of the mailbox. */
  readonly #inbox = new Inbox({ inboxBytes: Infinity, inboxEvents: Infinity })
  /** Whether payloads in the inbox lie in the mailbox. */
  #borrowing = false
  /** Whether the running dispatch has brought all events that there were. */
  #complete = false
  /** Whether the guest took anything in this entry. */
  #taken = false
  lastError: EwsError | undefined

  constructor(parts: RemoteSessionParts) {
    this.#parts = parts
  }

  /** An entry begins, with so many bytes of events in the mailbox. */
  begin(events: number, complete: boolean): void {
    this.#complete = complete
    this.#taken = false
    if (events > 0) this.#borrow(this.#parts.mailbox.subarray(0, events))
  }

  /** It is over: whether the guest left events that were fetched ahead, and whether it took any. */
  end(): { left: boolean; taken: boolean } {
    // The next entry brings others into the mailbox.
    this.#own()
    return { left: this.#inbox.size > 0, taken: this.#taken }
  }

  connect(request: Uint8Array): number {
    return this.#waiting({ op: 'connect', request })
  }

  send(socket: number, kind: number, data: Uint8Array): number {
    const { table, ring, caller } = this.#parts
    const fine = kind === Opcode.text || kind === Opcode.binary
    // What does not go through the ring must not count in the table.
    if (fine && ring.fits(data.length) && table.take(socket, data.length)) {
      ring.write({ type: RecordType.message, flags: 0, code: kind, id: socket, payload: data })
      caller.signal()
      return 0
    }
    return this.#number({ op: 'send', socket, kind, data: data.slice() })
  }

  sendMany(block: Uint8Array): number {
    return takeRuns(block, (run) =>
      eachMessage(run, (kind, data) => this.send(run.socket, kind, data)),
    )
  }

  /** What only this thread knew of would be lost when it is killed. */
  room(): number {
    return 0
  }

  receive(socket: number, timeoutMs: number, block: FindBlock): number {
    return this.#fetch(socket, timeoutMs, block, 1)
  }

  poll(timeoutMs: number, block: FindBlock): number {
    return this.#fetch(undefined, timeoutMs, block, Infinity)
  }

  close(socket: number, code: number, reason: Uint8Array): number {
    return this.#number({ op: 'close', socket, code, reason: reason.slice() })
  }

  pause(socket: number, paused: boolean): number {
    return this.#number({ op: 'pause', socket, paused })
  }

  save(socket: number, bytes: Uint8Array): number {
    return this.#number({ op: 'save', socket, bytes: bytes.slice() })
  }

  progress(socket: number, step: number): number {
    if (step === Progress.refused) return this.#refuse(socket)
    if (this.#parts.reports) this.#report(socket, step)
    return 0
  }

  /** What was fetched ahead comes before what waits at the main thread, which may have forgotten the socket. */
  #refuse(socket: number): number {
    const refused = socket === 0 ? this.#inbox.firstSocket : socket
    if (refused === undefined) return this.#number({ op: 'refuse' })
    const error = errorData(noMemory(`socket ${refused}`))
    const why = { type: 'error', socket: refused, error } as const
    this.#inbox.dropMessages(refused, socket === 0 ? why : undefined)
    this.#report(refused, Progress.refused)
    return 0
  }

  #report(socket: number, step: number): void {
    const record = { type: progressType, flags: 0, code: step & 0xffff, id: socket }
    this.#parts.ring.write({ ...record, payload: nothing })
  }

  info(socket: number): string {
    const answer = this.#parts.caller.ask({ op: 'info', socket })
    return typeof answer === 'object' && 'text' in answer ? answer.text : '{}'
  }

  error(): string {
    return JSON.stringify(this.lastError === undefined ? {} : errorData(this.lastError))
  }

  #fetch(socket: number | undefined, timeoutMs: number, block: FindBlock, most: number): number {
    const written = this.#drain(socket, block, most)
    if (written > 0) return written
    // Once: what comes meanwhile is the next dispatch's.
    const complete = this.#complete && socket === undefined && timeoutMs === 0
    this.#complete = false
    if (complete) return 0
    this.#own()
    const capacity = block().length
    const answer = this.#parts.entry.whileBlocked(() =>
      this.#parts.caller.ask({ op: 'fetch', socket, timeoutMs, capacity }),
    )
    if (typeof answer === 'number') {
      if (answer <= 0) return answer
      this.#borrow(this.#parts.mailbox.subarray(0, answer))
    } else if ('block' in answer) {
      this.#add(answer.block.subarray(0, answer.length))
    }
    return this.#drain(socket, block, most)
  }

  #drain(socket: number | undefined, block: FindBlock, most: number): number {
    if (this.#inbox.size === 0) return 0
    const written = this.#inbox.drain(block(), socket, most, () => {})
    this.#taken ||= written > 0
    return written
  }

  #borrow(records: Uint8Array): void {
    this.#borrowing = true
    this.#add(records)
  }

  #add(records: Uint8Array): void {
    for (const record of readRecords(records)) {
      if (record !== undefined) this.#inbox.push(record)
    }
  }

  /** The mailbox is about to be used again. */
  #own(): void {
    if (!this.#borrowing) return
    this.#borrowing = false
    const copy = (record: RawRecord): RawRecord => ({ ...record, payload: record.payload.slice() })
    if (this.#inbox.size > 0) this.#inbox.map(copy)
  }

  #number(request: Request): number {
    const answer = this.#parts.caller.ask(request)
    return typeof answer === 'number' ? answer : 0
  }

  #waiting(request: Request): number {
    return this.#parts.entry.whileBlocked(() => this.#number(request))
  }
}
