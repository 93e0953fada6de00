import {
  abiVersion,
  CloseCode,
  EwsError,
  errorData,
  isSendable,
  maxAttachmentBytes,
  maxReasonBytes,
  Opcode,
  parseConnectRequest,
  type RawRecord,
  type RestoredSocket,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { Duplex } from 'node:stream'
import type WebSocket from 'ws'

import { sendRecords } from '../bridge/message-records.js'
import type { FindBlock, SessionOperations } from '../bridge/operations.js'
import type { Limits } from '../limits.js'
import { wouldBlock, type Mode } from '../mode/mode.js'
import { Connector, type ConnectorSettings } from './connector.js'
import { Events } from './events.js'
import type { Socket } from './socket.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** From these events on a socket takes other amounts. */
const roomChanges = new Set<SocketEvent['type']>(['open', 'reconnecting', 'reconnected'])
/** Without a limit, where the host can wait. */
const forever = -1

/**
 * All that the host keeps for one plugin: its sockets, its inbox, its last failure. These are the
 * operations of the ABI with the bytes already found; both layers of the bridge call them.
 *
 * They throw `EwsError`; the bridge turns that into the ABI's negative numbers.
 */
export class Session implements SessionOperations {
  /** Bounds of its sockets. */
  readonly limits: Limits
  readonly #sockets = new Map<number, Socket>()
  readonly #events: Events
  readonly #connector: Connector
  readonly #mode: Mode
  /** Sockets that nobody will hear of any more, until they have ended. */
  readonly #ending = new Set<Promise<void>>()
  readonly #disposal = new AbortController()
  /** The last failure of a host function, for `ws_error`. */
  lastError: EwsError | undefined
  /** Called when events wait that did not wait before. */
  onEvents: () => void = () => {}
  /** Called when a socket can be sent on, with what it takes, and with `undefined` when it cannot any more. */
  onSendable: (socket: number, room: number | undefined) => void = () => {}

  constructor(settings: ConnectorSettings, mode: Mode = 'event') {
    const { limits } = settings
    this.limits = limits
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

  /** Sockets that can be sent on, with what each takes. */
  get sendable(): (readonly [socket: number, room: number])[] {
    return [...this.#sockets.values()].flatMap((socket) =>
      socket.state === 'open' ? [[socket.id, socket.sendRoom] as const] : [],
    )
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
    const asked = parseConnectRequest(text(request, 'connect request'))
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
    this.#sockets.get(id)?.hold()
    this.onSendable(id, this.sendRoom(id))
    return id
  }

  /** @throws {EwsError} `EWS_LIMIT` when there are as many sockets as there may be, `EWS_CLOSED`. */
  checkRoom(): void {
    this.#checkAlive()
    this.#connector.checkRoom()
  }

  /** The guest has been told of a socket that it did not open itself. */
  introduce(id: number): void {
    this.#sockets.get(id)?.introduce()
  }

  /** Closes a socket on the host's own behalf, if it is there. */
  endSocket(id: number, code: number, reason: string): void {
    this.#sockets.get(id)?.close(code, reason)
    this.onSendable(id, undefined)
  }

  send(id: number, kind: number, data: Uint8Array): number {
    if (kind !== Opcode.text && kind !== Opcode.binary) {
      throw new EwsError('EWS_BAD_REQUEST', `kind must be 1 (text) or 2 (binary), got ${kind}`)
    }
    this.#socket(id).send(kind, data)
    return 0
  }

  /** How large a message may be that is taken now; 0 for a socket that is none. */
  sendRoom(id: number): number {
    return this.#sockets.get(id)?.sendRoom ?? 0
  }

  /** Many sends as message records; answers how many were accepted. */
  sendMany(block: Uint8Array): number {
    return sendRecords(block, (socket, kind, data) => this.send(socket, kind, data))
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
    socket.close(code, text(reason, 'close reason'))
    this.onSendable(id, undefined)
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
    this.#events.advance(id, step)
    return 0
  }

  /** Events of one socket: one, unless more are asked for. */
  receive(id: number, timeoutMs: number, block: FindBlock, most = 1): number | Promise<number> {
    this.#checkAlive()
    this.#socket(id)
    return this.#fetch(block, timeoutMs, id, most)
  }

  /** As many events as fit. */
  poll(timeoutMs: number, block: FindBlock): number | Promise<number> {
    this.#checkAlive()
    return this.#fetch(block, timeoutMs, undefined, Infinity)
  }

  /** JSON about one socket, or about this host for socket 0. */
  info(id: number): string {
    if (id === 0) {
      return JSON.stringify({
        abi: abiVersion,
        mode: this.#mode,
        layers: ['portable', 'direct'],
        limits: this.limits,
      })
    }
    const { url, state, protocol, bufferedAmount, sendRoom } = this.#socket(id)
    return JSON.stringify({ url, state, protocol, bufferedAmount, sendRoom })
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
    const state = this.#events.restart()
    // The old guest may have been about to read on.
    for (const socket of this.#sockets.values()) socket.pause('guest', false)
    return state
  }

  /** Closes every socket, of which no guest will hear any more. */
  release(reason: string): void {
    for (const socket of this.#sockets.values()) {
      const ended = socket.end(CloseCode.goingAway, reason)
      this.#ending.add(ended)
      this.onSendable(socket.id, undefined)
      void ended.then(() => this.#ending.delete(ended))
    }
    this.#sockets.clear()
    this.#events.clear()
  }

  /** Closes every socket with a close frame, and cuts what does not answer. */
  async dispose(): Promise<void> {
    this.#disposal.abort()
    this.onEvents = () => {}
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

  #fetch(
    block: FindBlock,
    timeoutMs: number,
    id: number | undefined,
    count: number,
  ): number | Promise<number> {
    if (timeoutMs < forever) {
      throw new EwsError(
        'EWS_BAD_REQUEST',
        `timeout must be -1 or more milliseconds, got ${timeoutMs}`,
      )
    }
    const written = this.#events.drain(block(), id, count)
    if (written > 0 || timeoutMs === 0) return written
    this.#checkWait()
    return this.#events.wait(id, timeoutMs).then(() => this.#events.drain(block(), id, count))
  }

  #checkAlive(): void {
    if (this.#disposal.signal.aborted)
      throw new EwsError('EWS_CLOSED', 'the plugin is being disposed')
  }

  #checkWait(): void {
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

  #emit = (event: SocketEvent): void => {
    // Released sockets still come to their end.
    if (!this.#sockets.has(event.socket)) return
    if (roomChanges.has(event.type)) this.onSendable(event.socket, this.sendRoom(event.socket))
    else if (event.type === 'close') this.onSendable(event.socket, undefined)
    this.#events.push(event)
    this.onEvents()
  }
}

function text(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new EwsError('EWS_BAD_REQUEST', `the ${what} is not valid UTF-8`, { cause })
  }
}
