import {
  CloseCode,
  EwsError,
  errorData,
  isSendable,
  maxAttachmentBytes,
  maxReasonBytes,
  parseConnectRequest,
  Progress,
  type RawRecord,
  RecordType,
  type RestoredSocket,
} from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import type { FindBlock, SessionOperations } from '../bridge/operations.js'
import type { DeflateOptions } from '../connection/deflate.js'
import type { Limits } from '../limits.js'
import { checkKind, takeRuns, type MessageRun } from '../message-run.js'
import { wouldBlock, type Mode } from '../mode/mode.js'
import { Connector, type ConnectorSettings } from './connector.js'
import type { EventRecord } from './event-record.js'
import { Events } from './events.js'
import { guestText } from './guest-text.js'
import { hostInfo, socketInfo } from './info.js'
import { Introductions } from './introductions.js'
import { Rooms } from './rooms.js'
import type { Socket } from './socket.js'

/**
 * All that the host keeps for one plugin: its sockets, its inbox, its last failure. These are the
 * operations of the ABI with the bytes already found; both layers of the bridge call them.
 *
 * They throw `EwsError`; the bridge turns that into the ABI's negative numbers.
 */
export class Session implements SessionOperations {
  /** Bounds of its sockets. */
  readonly limits: Limits
  /** How its messages may be compressed. */
  readonly deflate: DeflateOptions | undefined
  readonly #sockets = new Map<number, Socket>()
  readonly rooms = new Rooms(this.#sockets)
  readonly #events: Events
  readonly #connector: Connector
  readonly #mode: Mode
  readonly #introductions = new Introductions()
  /** Sockets that nobody will hear of any more, until they have ended. */
  readonly #ending = new Set<Promise<void>>()
  readonly #disposal = new AbortController()
  /** The last failure of a host function, for `ws_error`. */
  lastError: EwsError | undefined
  /** Called when events wait that did not wait before. */
  onEvents: () => void = () => {}

  constructor(settings: ConnectorSettings, mode: Mode = 'event') {
    const { limits, deflate } = settings
    this.limits = limits
    this.deflate = deflate
    this.#mode = mode
    const sockets = this.#sockets
    const events = new Events(sockets, limits)
    this.#events = events
    this.#connector = new Connector({ ...settings, sockets, events, emit: this.#emit })
  }

  /** Whether its host can wait inside a host function. */
  get #waits(): boolean {
    return this.#mode !== 'event'
  }

  /**
   * From here on the session remembers what a restart needs.
   *
   * @param reports whether the guest tells how far it is with what it fetched.
   */
  track(reports: boolean): void {
    this.#events.track(reports)
  }

  /** Aborted when the plugin is disposed. */
  get disposal(): AbortSignal {
    return this.#disposal.signal
  }

  /** Sockets that have not told the guest of their end. */
  get socketCount(): number {
    return this.#sockets.size
  }

  /** Whether events wait to be drained. */
  get hasEvents(): boolean {
    return this.#events.size > 0
  }

  /** How many they are. */
  get eventCount(): number {
    return this.#events.size
  }

  /** Events that wait, now and at the most. */
  get inbox(): { events: number; bytes: number; peakEvents: number; peakBytes: number } {
    return this.#events.inbox
  }

  /** How many sockets there can be. */
  get maxSockets(): number {
    return this.limits.sockets
  }

  /** How many events were drained so far. */
  get drained(): number {
    return this.#events.drained
  }

  /**
   * Starts a connection. Where the host can wait and the guest wants it to, the promise of its socket
   * id resolves when the handshake is over.
   */
  connect(request: Uint8Array): number | Promise<number> {
    this.#checkAlive()
    const asked = parseConnectRequest(guestText(request, 'connect request'))
    if (asked.wait === true) this.#checkWait()
    const id = this.#connector.start(asked)
    return (asked.wait ?? this.#waits) ? this.#connector.handshake(id) : id
  }

  /**
   * Takes a connection that somebody opened to this host; answers its socket id. Its events wait until it is
   * introduced.
   *
   * @throws {EwsError} `EWS_LIMIT`, `EWS_CLOSED`.
   */
  accept(ws: WebSocket, tcp: Duplex | undefined, url: URL, name: string): number {
    this.#checkAlive()
    const id = this.#connector.accept(ws, tcp, url, name)
    this.#introductions.hold(this.#socket(id))
    this.rooms.opened(id)
    return id
  }

  /** @throws {EwsError} `EWS_LIMIT` when there are as many sockets as there may be, `EWS_CLOSED`. */
  checkRoom(): void {
    this.#checkAlive()
    this.#connector.checkRoom()
  }

  /**
   * The guest is told of a socket that was accepted: now its events come.
   *
   * @throws {EwsError} `EWS_CLOSED` when the session has let go of it meanwhile.
   */
  introduce(id: number): void {
    const events = this.#introductions.make(id, this.#sockets.get(id))
    for (const event of events) this.#emit(event)
  }

  /** Closes a socket on the host's own behalf, if it is there. */
  endSocket(id: number, code: number, reason: string): void {
    this.#sockets.get(id)?.close(code, reason)
    this.rooms.closed(id)
  }

  send(id: number, kind: number, data: Uint8Array): number {
    checkKind(kind)
    this.#socket(id).send(kind, data)
    return 0
  }

  /** How many bytes of messages a socket takes for certain (docs/abi.md §2.4). */
  room(id: number): number {
    return this.#sockets.get(id)?.certainRoom ?? 0
  }

  sendRun(run: MessageRun): void {
    this.#socket(run.socket).sendRun(run)
  }

  /** Many sends as message records; answers how many were accepted. */
  sendMany(block: Uint8Array): number {
    return takeRuns(block, (run) => this.sendRun(run))
  }

  close(id: number, code: number, reason: Uint8Array): number {
    const socket = this.#socket(id)
    if (code !== 0 && !isSendable(code)) {
      throw new EwsError('EWS_BAD_REQUEST', `close code must be 1000 or 3000 to 4999, got ${code}`)
    }
    if (reason.length > maxReasonBytes) {
      throw new EwsError(
        'EWS_BAD_REQUEST',
        `the close reason has ${reason.length} bytes, at most 123 fit`,
      )
    }
    socket.close(code, guestText(reason, 'close reason'))
    this.rooms.closed(id)
    return 0
  }

  pause(id: number, paused: boolean): number {
    this.#socket(id).pause('guest', paused)
    return 0
  }

  /** Keeps a few bytes with the socket, for the instance after a restart. */
  save(id: number, bytes: Uint8Array): number {
    const socket = this.#socket(id)
    if (bytes.length > maxAttachmentBytes) {
      const message = `the attachment has ${bytes.length} bytes, at most ${maxAttachmentBytes} are kept`
      throw new EwsError('EWS_BAD_REQUEST', message)
    }
    socket.attachment = bytes.slice()
    return 0
  }

  /** How far the guest is with what it fetched (protocol: `Progress`). */
  progress(id: number, step: number): number {
    // Where the guest knows which socket it is, it tells its reader.
    if (step === Progress.refused) return this.refuse(id)
    this.#events.advance(id, step)
    return 0
  }

  /** The guest has no memory for a message of this socket; of that of the next event, for 0, of which it is told. */
  refuse(id: number): number {
    const refused = id === 0 ? this.#events.firstSocket : id
    const socket = refused === undefined ? undefined : this.#sockets.get(refused)
    if (socket === undefined) return 0
    const error = socket.refuse()
    const why = { type: 'error', socket: socket.id, error: errorData(error) } as const
    this.#events.dropMessages(socket.id, id === 0 ? why : undefined)
    return 0
  }

  /** Events of one socket: one, unless more are asked for. */
  receive(id: number, timeoutMs: number, block: FindBlock, most = 1): number | Promise<number> {
    this.#checkAlive()
    this.#socket(id)
    return this.#events.fetch(block, timeoutMs, id, most, this.#checkWait)
  }

  /** As many events as fit. */
  poll(timeoutMs: number, block: FindBlock): number | Promise<number> {
    this.#checkAlive()
    return this.#events.fetch(block, timeoutMs, undefined, Infinity, this.#checkWait)
  }

  /** JSON about one socket, or about this host for socket 0. */
  info(id: number): string {
    return id === 0 ? hostInfo(this.#mode, this.limits) : socketInfo(this.#socket(id))
  }

  /** JSON of the last failure. */
  error(): string {
    return JSON.stringify(this.lastError === undefined ? {} : errorData(this.lastError))
  }

  /** An entry has returned: a guest that does not tell has handled what it fetched. */
  entryEnded(): void {
    this.#events.entryEnded()
  }

  /**
   * The guest is another one now: tells what the new one must know, and puts back what the old one
   * fetched and did not handle.
   */
  restart(): { sockets: RestoredSocket[]; taken: readonly RawRecord[] } {
    const { sockets, taken } = this.#events.restart()
    // The old guest may have been about to read on.
    for (const socket of this.#sockets.values()) socket.pause('guest', false)
    // Others are told of by the call that waits.
    const known = sockets.filter(({ socket }) => !this.#introductions.has(socket))
    return { sockets: known, taken }
  }

  /** Closes every socket that the guest knows, which will hear of none of them any more. */
  release(reason: string): void {
    for (const [id, socket] of this.#sockets) {
      if (this.#introductions.has(id)) continue
      // Before it is read to its end: what comes must not fill the inbox, and so hold others.
      this.#sockets.delete(id)
      const ended = socket.end(CloseCode.goingAway, reason)
      this.#ending.add(ended)
      this.rooms.closed(id)
      void ended.then(() => this.#ending.delete(ended))
    }
    this.#events.clear()
  }

  /** Closes every socket with a close frame, and cuts what does not answer. */
  async dispose(): Promise<void> {
    this.#disposal.abort()
    this.onEvents = () => {}
    this.#introductions.clear()
    this.release('plugin disposed')
    await Promise.all(this.#ending)
  }

  /** As many waiting events as fit; 0 also when not even the first one does. */
  prefetch(block: Uint8Array): number {
    try {
      return this.#events.drain(block, undefined, Infinity)
    } catch {
      return 0
    }
  }

  #checkAlive(): void {
    if (this.#disposal.signal.aborted)
      throw new EwsError('EWS_CLOSED', 'the plugin is being disposed')
  }

  #checkWait = (): void => {
    if (this.#waits) return
    throw new EwsError('EWS_WOULD_BLOCK', `nothing is there yet, and ${wouldBlock}`)
  }

  #socket(id: number): Socket {
    const socket = this.#sockets.get(id)
    if (socket === undefined) {
      throw new EwsError('EWS_BAD_SOCKET', `no socket ${id} in this session`)
    }
    return socket
  }

  #emit = (event: EventRecord): void => {
    // Released sockets still come to their end.
    if (!this.#sockets.has(event.id) || this.#introductions.keep(event)) return
    if (event.type !== RecordType.message) this.rooms.follow(event)
    this.#events.push(event)
    this.onEvents()
  }
}
