import {
  readRecords,
  recordEvent,
  type ConnectRequest,
  type SocketEvent,
} from '@extism-ws/protocol'
import { expect } from 'vitest'

import type { SocketHub } from '../../src/hub/socket-hub.js'
import type { Mode } from '../../src/mode/mode.js'
import type { UrlMetrics } from '../../src/metrics/plugin-metrics.js'
import type { SessionStats } from '../../src/metrics/session-stats.js'
import type { SocketOptions } from '../../src/options.js'
import { sessionParts } from '../../src/session-parts.js'
import type { Session } from '../../src/session/session.js'
import { eventually } from '../eventually.js'

const block = new Uint8Array(32 * 2 ** 20)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

type EventOf<Type> = Extract<SocketEvent, { type: Type }>

/** A session whose guest is the test: it takes every event as soon as it is there. */
export class SessionClient implements AsyncDisposable {
  readonly session: Session
  readonly #stats: SessionStats
  readonly events: SocketEvent[] = []
  readonly lines: string[] = []
  readonly #ids: number[] = []
  #reads = true

  constructor(sockets: SocketOptions, hub?: SocketHub, mode: Mode = 'event') {
    const log = (line: unknown): void => void this.lines.push(String(line))
    const parts = sessionParts(
      {
        sockets: {
          allow: ['ws://127.0.0.1:*'],
          ...sockets,
        },
        logger: { debug: log, info: log, warn: log, error: log },
        ...(hub === undefined ? {} : { hub }),
      },
      mode,
      undefined,
    )
    this.session = parts.session
    this.#stats = parts.stats.sockets
    this.session.onEvents = () => setImmediate(() => this.#drain())
  }

  /** What was counted of its only URL. */
  get counted(): Partial<UrlMetrics> {
    return this.#stats.snapshot().urls[0] ?? {}
  }

  /** @throws what the host answers at once. */
  connect(request: ConnectRequest): number {
    const id = this.session.connect(encoder.encode(JSON.stringify({ wait: false, ...request })))
    if (typeof id !== 'number') throw new Error('the host waits')
    this.#ids.push(id)
    return id
  }

  /** A socket that is open. */
  async open(request: ConnectRequest): Promise<number> {
    const id = this.connect(request)
    await this.next('open', id)
    return id
  }

  send(socket: number, text: string): void {
    this.session.send(socket, 1, encoder.encode(text))
  }

  close(socket: number, code = 1000): void {
    this.session.close(socket, code, new Uint8Array(0))
  }

  /** Events stay in the inbox. */
  stopReading(): void {
    this.#reads = false
  }

  goOnReading(): void {
    this.#reads = true
    this.#drain()
  }

  of<Type extends SocketEvent['type']>(type: Type, socket?: number): EventOf<Type>[] {
    return this.events.filter(
      (event): event is EventOf<Type> =>
        event.type === type && (socket === undefined || event.socket === socket),
    )
  }

  /** The n-th event of a kind, from 1 on, when it is there. */
  async next<Type extends SocketEvent['type']>(
    type: Type,
    socket?: number,
    count = 1,
  ): Promise<EventOf<Type>> {
    return eventually(() => {
      const found = this.of(type, socket)[count - 1]
      if (found === undefined) throw new Error(`no ${type}, but ${this.#told()}`)
      return found
    })
  }

  texts(socket: number): string[] {
    return this.of('message', socket).map(({ data }) => decoder.decode(data))
  }

  types(socket: number): string[] {
    return this.events.filter((event) => event.socket === socket).map(({ type }) => type)
  }

  /** Every socket ends in exactly one close event, and nothing comes after it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.goOnReading()
    for (const id of this.#ids) {
      if (this.of('close', id).length === 0) this.close(id)
    }
    for (const id of this.#ids) {
      await this.next('close', id)
      expect(this.of('close', id), `close events of socket ${id}`).toHaveLength(1)
      expect(this.types(id).at(-1)).toBe('close')
    }
    expect(this.session.socketCount).toBe(0)
    await this.session.dispose()
  }

  #drain(): void {
    while (this.#reads && this.session.hasEvents) {
      const written = this.session.poll(0, () => block)
      if (typeof written !== 'number' || written === 0) return
      for (const record of readRecords(block.subarray(0, written))) {
        if (record === undefined) throw new Error('a record is cut short')
        const event = recordEvent({ ...record, payload: record.payload.slice() })
        if (event !== undefined) this.events.push(event)
      }
    }
  }

  #told(): string {
    return JSON.stringify(this.events.slice(-5).map(({ type, socket }) => [type, socket]))
  }
}
