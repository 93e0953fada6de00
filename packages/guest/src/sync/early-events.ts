import { Progress, RecordType } from '@extism-ws/protocol'
import { bridge } from '#bridge'
import { syncBridge } from '#sync-bridge'

import type { FetchedRecord } from '../bridge/fetched-records.js'
import type { Connection } from '../connection.js'
import { engine } from '../engine.js'
import { told } from '../bridge/bridge.js'
import { messageOf, sizeOf } from '../message-target.js'
import { isOutOfMemory } from '../out-of-memory.js'
import { check, deliver, listenTo, refuse } from '../connections.js'
import type { Deadline } from './deadline.js'
import { EarlyRecords } from './early-records.js'

/**
 * Events that were fetched while a call of `sync` waited. Those of its own sockets are queued at once, as
 * nothing of the author's runs for them; those of all others wait for the loop's next turn, in order.
 */
const fetched = new EarlyRecords((socket, step) => bridge().progress(socket, step))
/** The sockets of `sync` that have not ended. */
const waiting = new Set<number>()

/** Makes the connection one of `sync`. */
export function enroll(connection: Connection): void {
  waiting.add(connection.id)
  connection.onClose = () => waiting.delete(connection.id)
  listenTo({
    get waiting() {
      return fetched.waiting
    },
    poll: (timeoutMs) => {
      // Natives would keep what they fetch to themselves, where a handler that calls `sync` cannot find
      // the events of its socket.
      if (!fetched.waiting && waiting.size > 0) fetch(timeoutMs)
      if (fetched.waiting) fetched.deliver(deliver)
      else if (waiting.size === 0) check(bridge().poll(timeoutMs, deliver))
    },
  })
}

/** Bytes of events that wait for the loop. */
export function waitingBytes(): number {
  return fetched.bytes
}

/** Queues the events of `sync` sockets that the loop has fetched and not delivered yet. */
export function sortOut(): void {
  // At every call of `sync`: nothing is made when there is nothing.
  if (!fetched.unseen) return
  for (const record of fetched.take((socket) => waiting.has(socket))) {
    const { type, flags, code, id, payload } = record
    bridge().progress(id, Progress.delivering)
    const step = deliver(type, flags, code, id, payload) ?? Progress.delivered
    if (step !== told) bridge().progress(id, step)
  }
}

/** Fetches what waits for any socket. Returns whether there was something. */
export function fetch(timeoutMs: number): boolean {
  const records = unlessFull(() => syncBridge().collect(timeoutMs), 0)
  if (typeof records === 'number') return check(records) > 0
  fetched.add(records)
  engine().loop.wake()
  return records.length > 0
}

/**
 * Fetches the next event of a socket whose queue is empty.
 *
 * @param next whether its reader asks for the next message, and so has handled the last.
 * @returns undefined when none came in time.
 * @throws {EwsError} `EWS_WOULD_BLOCK` where the host cannot wait.
 */
export function fetchOf(
  connection: Connection,
  deadline: Deadline,
  next: boolean,
): FetchedRecord | undefined {
  const { id } = connection
  let record = unlessFull(() => syncBridge().receive(id, 0), id)
  if (record === 0) {
    if (next) connection.messages.done()
    const timeoutMs = deadline.left()
    if (timeoutMs !== 0) record = unlessFull(() => syncBridge().receive(id, timeoutMs), id)
  }
  if (typeof record !== 'number') return record
  check(record)
  return undefined
}

/** Handles an event that `fetchOf` brought, which the host counts as kept. A message is queued. */
export function handle(connection: Connection, record: FetchedRecord): void {
  const { type, flags, code, id, payload } = record
  if (type === RecordType.message) {
    if (payload === undefined) refuse(id)
    else connection.messages.push([messageOf(payload)], sizeOf(payload))
    return
  }
  connection.messages.took()
  deliver(type, flags, code, id, payload)
  connection.messages.done()
}

/** What a function of the bridge answers; 0 when there was no memory for what it fetched, which is given up. */
function unlessFull<Result>(fetchMore: () => Result, socket: number): Result | number {
  try {
    return fetchMore()
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    if (socket === 0) bridge().progress(0, Progress.refused)
    else refuse(socket)
    return 0
  }
}
