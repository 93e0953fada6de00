import {
  encodeRecords,
  errorData,
  errorFrom,
  eventRecord,
  EwsError,
  isSendable,
  maxAttachmentBytes,
  maxReasonBytes,
  Progress,
  type ConnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'

import { told, type Bridge, type Deliver } from '../src/bridge/bridge.js'
import { decodeRecords, type FetchedRecord } from '../src/bridge/fetched-records.js'
import type { SyncBridge } from '../src/bridge/sync-bridge.js'
import { FakeConnection } from './fake-connection.js'
import { FakeEngine } from './fake-engine.js'

const stepNames = Object.fromEntries(Object.entries(Progress).map(([name, step]) => [step, name]))
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const cannotWait = 'a host in `event` mode cannot wait'

/**
 * The host in one object: connections that answer as packages/host does, and an inbox. As there, a
 * connection is forgotten when its close event is drained, which may be before it is delivered.
 */
export class FakeBridge implements Bridge, SyncBridge {
  /** The next operation is refused with this. */
  refusal: EwsError | undefined
  /** What it was told by `progress`: `taken 1` for socket 1; takes what is read. */
  readonly steps: string[] = []
  /** What happens while it waits inside a host function, one after the other; it cannot wait without. */
  readonly meanwhile: (() => void)[] = []
  /** How long it was asked to wait, each time. */
  readonly waits: number[] = []
  readonly #connections = new Map<number, FakeConnection>()
  readonly #inbox: SocketEvent[] = []
  #drained: FetchedRecord[] = []
  #lastId = 0
  #last: FakeConnection | undefined
  #lastError: EwsError | undefined

  /** The connection that was asked for last. */
  get last(): FakeConnection {
    if (this.#last === undefined) throw new Error('nothing has connected yet')
    return this.#last
  }

  /** Ends what a test left open. */
  endAll(): void {
    for (const connection of this.#connections.values()) if (!connection.ended) connection.end()
  }

  connect(request: string): number {
    return this.#attempt(() => {
      const asked = JSON.parse(request) as ConnectRequest
      if (asked.wait === undefined) throw new EwsError('EWS_BAD_REQUEST', 'wait is not said')
      const { wait: _wait, ...rest } = asked
      if (!asked.wait) return this.#add(rest).id
      const happens = this.meanwhile.shift()
      if (happens === undefined) throw new EwsError('EWS_WOULD_BLOCK', cannotWait)
      const connection = this.#add(asked)
      happens()
      return this.#handshake(connection)
    })
  }

  /** As at the host: what the handshake came to is no event any more. */
  #handshake(connection: FakeConnection): number {
    for (let at = 0; at < this.#inbox.length; at++) {
      const event = this.#inbox[at]
      if (event?.socket !== connection.id) continue
      this.#inbox.splice(at--, 1)
      if (event.type === 'error') {
        this.#connections.delete(connection.id)
        this.#inbox.splice(at + 1, 1)
        throw errorFrom(event.error)
      }
      if (event.type !== 'open') continue
      const { url, protocol, extensions } = event
      connection.about = { url, protocol, extensions }
      return connection.id
    }
    throw new Error('nothing has come of the handshake')
  }

  /** A connection that an earlier instance of the plugin asked for. */
  adopt(): FakeConnection {
    return this.#add({ url: 'ws://feed.example/' })
  }

  send(socket: number, _kind: number, data: string | Uint8Array): number {
    return this.#attempt(() => {
      const connection = this.#find(socket)
      if (connection.ended || connection.closing !== undefined) {
        throw new EwsError('EWS_CLOSED', `socket ${socket} is closed, not open`)
      }
      connection.sent.push(typeof data === 'string' ? data : data.slice())
      return 0
    })
  }

  close(socket: number, code: number, reason: string): number {
    return this.#attempt(() => {
      const connection = this.#find(socket)
      if (code !== 0 && !isSendable(code)) throw new EwsError('EWS_BAD_REQUEST', `code ${code}`)
      const bytes = new TextEncoder().encode(reason).length
      if (bytes > maxReasonBytes) throw new EwsError('EWS_BAD_REQUEST', `${bytes} bytes of reason`)
      connection.closing ??= { code, reason }
      return 0
    })
  }

  pause(socket: number, paused: boolean): number {
    return this.#attempt(() => {
      this.#find(socket).pauses.push(paused)
      return 0
    })
  }

  /** Drains everything and delivers one event: see `dispatch` for the others. */
  poll(_timeoutMs: number, deliver: Deliver): number {
    return this.#attempt(() => {
      if (this.#drained.length === 0) this.#drained = this.#take(() => true, Infinity)
      const next = this.#drained.shift()
      if (next === undefined) return 0
      const { type, flags, code, id, payload: data } = next
      this.progress(id, Progress.delivering)
      const step = deliver(type, flags, code, id, data) ?? Progress.delivered
      if (step !== told) this.progress(id, step)
      return 1
    })
  }

  undelivered(): boolean {
    return this.#drained.length > 0
  }

  save(socket: number, bytes: Uint8Array): number {
    return this.#attempt(() => {
      const connection = this.#find(socket)
      if (bytes.length > maxAttachmentBytes) throw new EwsError('EWS_BAD_REQUEST', 'too many bytes')
      connection.attachment = bytes.slice()
      return 0
    })
  }

  progress(socket: number, step: number): number {
    this.steps.push(`${stepNames[step]} ${socket}`)
    return 0
  }

  receive(socket: number, timeoutMs: number): FetchedRecord | number {
    const found = this.#wait(timeoutMs, () => {
      this.#find(socket)
      return this.#take((event) => event.socket === socket, 1)
    })
    return typeof found === 'number' ? found : (found[0] ?? 0)
  }

  collect(timeoutMs: number): FetchedRecord[] | number {
    return this.#wait(timeoutMs, () => this.#take(() => true, Infinity))
  }

  info(socket: number): string {
    const connection = this.#connections.get(socket)
    return connection === undefined
      ? '{}'
      : JSON.stringify({ bufferedAmount: connection.bufferedAmount, ...connection.about })
  }

  error(): string {
    return JSON.stringify(this.#lastError === undefined ? {} : errorData(this.#lastError))
  }

  /** Events as the guest gets them. As at the host, a connection is forgotten with its close event. */
  #take(wanted: (event: SocketEvent) => boolean, count: number): FetchedRecord[] {
    const taken = this.#inbox.filter(wanted).slice(0, count)
    for (const event of taken) {
      this.#inbox.splice(this.#inbox.indexOf(event), 1)
      if (event.type === 'close') this.#connections.delete(event.socket)
    }
    return decodeRecords(encodeRecords(taken.map(eventRecord)), (bytes) => decoder.decode(bytes))
  }

  #wait(timeoutMs: number, take: () => FetchedRecord[]): FetchedRecord[] | number {
    let found: FetchedRecord[] = []
    if (timeoutMs !== 0) this.waits.push(timeoutMs)
    const result = this.#attempt(() => {
      found = take()
      while (found.length === 0 && timeoutMs !== 0) {
        const happens = this.meanwhile.shift()
        if (happens === undefined && timeoutMs < 0) {
          throw new EwsError('EWS_WOULD_BLOCK', cannotWait)
        }
        if (happens === undefined) {
          engine.clock += timeoutMs
          return 0
        }
        happens()
        found = take()
      }
      return 0
    })
    return result < 0 ? result : found
  }

  #add(request: ConnectRequest): FakeConnection {
    const connection = new FakeConnection(++this.#lastId, request, (event) =>
      this.#inbox.push(event),
    )
    this.#connections.set(connection.id, connection)
    this.#last = connection
    return connection
  }

  #find(socket: number): FakeConnection {
    const connection = this.#connections.get(socket)
    if (connection === undefined) throw new EwsError('EWS_BAD_SOCKET', `no socket ${socket}`)
    return connection
  }

  #attempt(operation: () => number): number {
    try {
      const refusal = this.refusal
      this.refusal = undefined
      if (refusal !== undefined) throw refusal
      return operation()
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      this.#lastError = error
      return error.errno
    }
  }
}

// The library keeps its connections for as long as it is loaded, so each test file has one host.
export const host = new FakeBridge()
export const engine = new FakeEngine().install()

/** Takes the place of `#bridge`. */
export function bridge(): Bridge {
  return host
}

/**
 * One dispatch: what waits is drained at once and delivered one by one, promise jobs after each, as
 * the engine does; here Node's own timers run too.
 */
export async function dispatch(): Promise<void> {
  do {
    engine.source?.poll(0)
    await new Promise((resolve) => setImmediate(resolve))
  } while (host.undelivered())
  await new Promise((resolve) => setTimeout(resolve, 0))
}
