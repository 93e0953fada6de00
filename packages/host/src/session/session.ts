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
  readRecords,
  RecordType,
  type SocketEvent,
} from '@extism-ws/protocol'

import type { Limits } from '../limits.js'
import type { Policy } from '../policy/index.js'
import { Inbox } from './inbox.js'
import { Socket } from './socket.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Without a limit, where the host can wait. */
const forever = -1

/**
 * All that the host keeps for one plugin: its sockets, its inbox, its last failure. These are the
 * operations of the ABI with the bytes already found; both layers of the bridge call them.
 *
 * They throw `EwsError`; the bridge turns that into the ABI's negative numbers.
 */
export class Session {
  readonly #limits: Limits
  readonly #policy: Policy
  readonly #sockets = new Map<number, Socket>()
  readonly #inbox: Inbox
  #lastId = 0
  #disposed = false
  #drained = 0
  /** The last failure of a host function, for `ws_error`. */
  lastError: EwsError | undefined
  /** Called when events wait that did not wait before. */
  onEvents: () => void = () => {}

  constructor(policy: Policy, limits: Limits) {
    this.#policy = policy
    this.#limits = limits
    this.#inbox = new Inbox(limits)
    this.#inbox.onFull = (full) => {
      for (const socket of this.#sockets.values()) socket.pause('inbox', full)
    }
  }

  /** Sockets that have not told the guest of their end. */
  get socketCount(): number {
    return this.#sockets.size
  }

  /** Whether events wait to be drained. */
  get hasEvents(): boolean {
    return this.#inbox.size > 0
  }

  /** How many events were drained so far. */
  get drained(): number {
    return this.#drained
  }

  connect(request: Uint8Array): number {
    if (this.#disposed) throw new EwsError('EWS_CLOSED', 'the plugin is being disposed')
    const asked = parseConnectRequest(text(request, 'connect request'))
    const { url, rule } = this.#policy.check(asked)
    if (this.#sockets.size >= this.#limits.sockets) {
      throw new EwsError(
        'EWS_LIMIT',
        `the plugin has ${this.#sockets.size} sockets, sockets.sockets allows ${this.#limits.sockets}`,
      )
    }
    const id = ++this.#lastId
    const { protocols = [], headers = {} } = asked
    const lookup = this.#policy.lookupFor(rule)
    let socket: Socket
    try {
      socket = new Socket(id, { url, protocols, headers, lookup }, this.#limits, this.#emit)
    } catch (cause) {
      // `ws` checks subprotocols and headers once more, in its own words.
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new EwsError('EWS_BAD_REQUEST', `cannot connect to ${url.href}: ${why}`, { cause })
    }
    if (this.#inbox.full) socket.pause('inbox', true)
    this.#sockets.set(id, socket)
    return id
  }

  send(id: number, kind: number, data: Uint8Array): number {
    if (kind !== Opcode.text && kind !== Opcode.binary) {
      throw new EwsError('EWS_BAD_REQUEST', `kind must be 1 (text) or 2 (binary), got ${kind}`)
    }
    this.#socket(id).send(kind, data)
    return 0
  }

  /** Many sends as message records; answers how many were accepted. */
  sendMany(block: Uint8Array): number {
    let sent = 0
    for (const record of readRecords(block)) {
      if (record === undefined) {
        throw new EwsError('EWS_BAD_REQUEST', `record ${sent} of the block is cut short`)
      }
      if (record.type !== RecordType.message) continue
      this.send(record.id, record.code, record.payload)
      sent++
    }
    return sent
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
    return 0
  }

  pause(id: number, paused: boolean): number {
    this.#socket(id).pause('guest', paused)
    return 0
  }

  save(id: number, bytes: Uint8Array): number {
    this.#socket(id)
    return bytes.length > maxAttachmentBytes ? -1 : 0
  }

  progress(_id: number, _step: number): number {
    return 0
  }

  /** One event of one socket. */
  receive(id: number, timeoutMs: number, block: Uint8Array): number {
    this.#socket(id)
    return this.#drain(block, timeoutMs, id, 1)
  }

  /** As many events as fit. */
  poll(timeoutMs: number, block: Uint8Array): number {
    return this.#drain(block, timeoutMs, undefined, Infinity)
  }

  /** JSON about one socket, or about this host for socket 0. */
  info(id: number): string {
    if (id === 0) {
      return JSON.stringify({
        abi: abiVersion,
        mode: 'event',
        layers: ['portable', 'direct'],
        limits: this.#limits,
      })
    }
    const { url, state, protocol, bufferedAmount, sendRoom } = this.#socket(id)
    return JSON.stringify({ url, state, protocol, bufferedAmount, sendRoom })
  }

  /** JSON of the last failure. */
  error(): string {
    return JSON.stringify(this.lastError === undefined ? {} : errorData(this.lastError))
  }

  /** Closes every socket with a close frame, and cuts what does not answer. */
  async dispose(): Promise<void> {
    this.#disposed = true
    this.onEvents = () => {}
    const sockets = [...this.#sockets.values()]
    await Promise.all(sockets.map((socket) => socket.end(CloseCode.goingAway, 'plugin disposed')))
    this.#sockets.clear()
    this.#inbox.clear()
  }

  #drain(block: Uint8Array, timeoutMs: number, id: number | undefined, count: number): number {
    if (timeoutMs < forever) {
      throw new EwsError(
        'EWS_BAD_REQUEST',
        `timeout must be -1 or more milliseconds, got ${timeoutMs}`,
      )
    }
    const written = this.#inbox.drain(block, id, count, (record) => {
      this.#drained++
      if (record.type === RecordType.close) this.#sockets.delete(record.id)
    })
    if (written === 0 && timeoutMs !== 0) {
      throw new EwsError(
        'EWS_WOULD_BLOCK',
        'no event waits, and a host in `event` mode cannot wait inside a host function: ' +
          'use the asynchronous API, or a mode that can wait',
      )
    }
    return written
  }

  #socket(id: number): Socket {
    const socket = this.#sockets.get(id)
    if (socket === undefined) {
      throw new EwsError('EWS_BAD_SOCKET', `no socket ${id} in this session`)
    }
    return socket
  }

  #emit = (event: SocketEvent): void => {
    if (this.#disposed) return
    this.#inbox.push(event)
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
