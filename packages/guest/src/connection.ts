import {
  errorNumbers,
  EwsError,
  Opcode,
  type Reconnected,
  type Reconnecting,
  type RestoredSocket,
} from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { bytesOf } from './bytes.js'
import { requestOf, type ConnectOptions } from './connect-options.js'
import { checkOpen, open, retarget, type ConnectionHandler } from './connections.js'
import { Drain } from './drain.js'
import { engine } from './engine.js'
import { MessageQueue } from './message-queue.js'
import { Form, type Message, type MessageTarget } from './message-target.js'
import { claimName, removeOpen, restoreName } from './open-sockets.js'

/** How a connection ended. */
export interface CloseInfo {
  /** Close code (RFC 6455 §7.4); 1005 when the peer sent none, 1006 when there was no close frame. */
  readonly code: number
  readonly reason: string
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean
}

/** One connection as the socket classes of this library see it, whichever way they wait. */
export class Connection implements ConnectionHandler {
  readonly name: string | undefined
  id = 0
  url = ''
  protocol = ''
  extensions = ''
  state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  closeInfo: CloseInfo | undefined
  /** What went wrong, if the host knows. */
  failure: EwsError | undefined
  readonly drain = new Drain()
  readonly #queue: MessageTarget = {
    form: Form.batch,
    accept: (messages, bytes) => this.messages.push(messages, bytes),
  }
  target = this.#queue
  readonly messages: MessageQueue = new MessageQueue(() => this.lost())
  /** Called when the handshake is over, also when the socket is being closed meanwhile. */
  onOpen: () => void = () => {}
  onClose: (info: CloseInfo) => void = () => {}
  onReconnecting: ((info: Reconnecting) => void) | undefined
  onReconnected: ((info: Reconnected) => void) | undefined
  #reconnecting = false
  #attachment: Uint8Array | undefined

  constructor(name: string | undefined) {
    this.name = name
  }

  /**
   * Asks the host for the connection.
   *
   * @param wait whether the host returns when the handshake is over, and not before.
   * @throws {EwsError} when the host refuses, or another connection has the name.
   */
  start(url: string | URL, options: ConnectOptions, wait: boolean): void {
    const { name } = this
    const request = { ...requestOf(url, options), wait }
    if (name !== undefined) claimName(name, this)
    try {
      this.id = open(request, this)
    } catch (error) {
      removeOpen(this)
      throw error
    }
    this.messages.socket = this.id
  }

  /** Makes it one that there was before the plugin was built anew. */
  restore({ socket, url, protocol, extensions, state, attachment }: RestoredSocket): void {
    this.id = socket
    this.messages.socket = socket
    Object.assign(this, { url, protocol, extensions })
    // One that has ended has a close event to come, as one that is closing.
    this.state = state === 'closed' ? 'closing' : state
    if (this.state === 'closing') this.messages.release()
    else if (this.name !== undefined) restoreName(this.name, this)
    if (attachment.length > 0) this.#attachment = attachment
  }

  get attachment(): Uint8Array | undefined {
    return this.#attachment?.slice()
  }
  set attachment(bytes: Uint8Array | undefined) {
    if (bytes !== undefined && !(bytes instanceof Uint8Array)) {
      throw new TypeError("a socket's attachment must be a Uint8Array or undefined")
    }
    const kept = bytes === undefined || bytes.length === 0 ? undefined : bytes.slice()
    // One that has ended needs none, and the host may know that before the guest does.
    if (this.state !== 'closed') checkOpen(bridge().save(this.id, kept ?? new Uint8Array(0)))
    this.#attachment = kept
  }

  /** Whether the host is about to connect again. */
  get isReconnecting(): boolean {
    return this.#reconnecting && this.state === 'open'
  }

  /** @throws {EwsError} `EWS_CLOSED`, `EWS_LIMIT`. */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.state !== 'open') throw this.closedError()
    const result =
      typeof data === 'string'
        ? bridge().send(this.id, Opcode.text, data)
        : bridge().send(this.id, Opcode.binary, bytesOf(data))
    if (result === 0) return
    if (result === errorNumbers.EWS_LIMIT) this.drain.begin()
    if (!checkOpen(result)) {
      throw new EwsError('EWS_CLOSED', 'the connection has ended: no message can be sent on it')
    }
  }

  /** Starts the closing handshake, unless it has begun or the connection has ended. */
  close(code: number, reason: string): void {
    if (this.state !== 'open' && this.state !== 'connecting') return
    checkOpen(bridge().close(this.id, code, reason))
    this.state = 'closing'
    removeOpen(this)
    this.messages.release()
  }

  opened({
    url,
    protocol,
    extensions,
  }: {
    url: string
    protocol: string
    extensions: string
  }): void {
    this.url = url
    this.protocol = protocol
    this.extensions = extensions
    if (this.state === 'connecting') this.state = 'open'
    this.onOpen()
  }

  /**
   * Has messages go straight to a function, what is unread first; without one they are queued.
   */
  set listener(listener: ((message: Message) => void) | undefined) {
    this.target = listener === undefined ? this.#queue : { form: Form.bytes, accept: listener }
    retarget(this.id, this)
    // A job: they come as others do, outside of the code that runs now, and before what comes next.
    if (listener !== undefined && this.messages.waiting)
      void Promise.resolve().then(() => this.#deliverUnread())
  }

  #deliverUnread(): void {
    const { target } = this
    while (target === this.target && target.form === Form.bytes) {
      const message = this.messages.take()
      if (message === undefined) return
      const { accept } = target
      try {
        accept(message)
      } catch (error) {
        engine().loop.report(error)
      }
    }
  }

  failed(error: EwsError): void {
    this.failure = error
  }

  drained(): void {
    this.drain.done()
  }

  reconnecting(info: Reconnecting): void {
    this.#reconnecting = true
    if (this.state === 'open') this.onReconnecting?.(info)
  }

  reconnected(info: Reconnected): void {
    this.#reconnecting = false
    this.url = info.url
    this.protocol = info.protocol
    this.extensions = info.extensions
    // The buffer that was full is gone with the connection.
    this.drain.done()
    if (this.state === 'open') this.onReconnected?.(info)
  }

  closed(code: number, reason: string, wasClean: boolean): number {
    this.state = 'closed'
    this.closeInfo = { code, reason, wasClean }
    removeOpen(this)
    this.onClose(this.closeInfo)
    this.drain.done()
    return this.messages.end()
  }

  /** Why the connection ended, when nobody wanted that: without a handshake, or with a failure before it. */
  lost(): EwsError | undefined {
    const failed = this.closeInfo?.wasClean === false || this.failure !== undefined
    return failed ? this.closedError() : undefined
  }

  closedError(): EwsError {
    if (this.closeInfo === undefined) {
      return new EwsError('EWS_CLOSED', `the socket is ${this.state}: no message can be sent on it`)
    }
    const { code, reason, wasClean } = this.closeInfo
    const how = wasClean ? 'closed' : 'lost'
    const why = reason === '' ? '' : `, reason "${reason}"`
    return new EwsError(
      'EWS_CLOSED',
      `the connection was ${how} (code ${code}${why})`,
      this.failure === undefined ? {} : { cause: this.failure },
    )
  }
}
