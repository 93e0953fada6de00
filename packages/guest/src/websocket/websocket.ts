import { CloseCode, errorNumbers, EwsError } from '@extism-ws/protocol'
import { bridge } from '#bridge'
import {
  CloseEvent,
  defineHandlers,
  ErrorEvent,
  Event,
  EventTarget,
  fire,
  fireMessage,
  messageState,
  onlyListener,
  type MessageEvent,
} from '#events'

import { checkOpen, open, retarget, type ConnectionHandler } from '../connections.js'
import { runJobs } from '../engine.js'
import type { Listener } from '../events/listener.js'
import { Form, type MessageTarget } from '../message-target.js'
import { sending, startSending, stopSending } from '../sender.js'
import {
  defineConstants,
  domException,
  finishInterface,
  needArguments,
  usvString,
} from '../web-idl.js'
import { checkClosing, clampedCode, utf8Length } from './closing.js'
import { payloadOf, sendPayload, type MessageData } from './message-data.js'
import { checkSubprotocols } from './subprotocol.js'
import { urlRecord } from './url-record.js'

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const

type Handler<E> = ((event: E) => unknown) | null

/** What a WebSocket fires. */
export interface WebSocketEvents {
  open: Event
  message: MessageEvent<WebSocketData>
  error: ErrorEvent
  close: CloseEvent
}

/** A message: text, or binary in the form that `binaryType` names. */
export type WebSocketData = string | ArrayBuffer | Blob

/** Whether binary messages are Blobs or ArrayBuffers. */
export type BinaryType = 'blob' | 'arraybuffer'

/**
 * The standard class (WHATWG WebSockets §3), over the host's sockets. docs/websocket.md says where it
 * differs from a browser's.
 */
export class WebSocket extends EventTarget<WebSocketEvents> {
  declare static readonly CONNECTING: 0
  declare static readonly OPEN: 1
  declare static readonly CLOSING: 2
  declare static readonly CLOSED: 3
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSING: 2
  declare readonly CLOSED: 3
  declare onopen: Handler<Event>
  declare onmessage: Handler<MessageEvent<WebSocketData>>
  declare onerror: Handler<ErrorEvent>
  declare onclose: Handler<CloseEvent>

  readonly #url: string
  readonly #messageState: ReturnType<typeof messageState>
  readonly #id: number
  #readyState: number = states.CONNECTING
  #protocol = ''
  #extensions = ''
  #binaryType: BinaryType = 'blob'
  #failure: EwsError | undefined
  /** Whether it ends as a failed connection, whatever the server says meanwhile. */
  #failed = false
  /** Takes messages, one by one. */
  readonly #target = {
    form: Form.buffer,
    // Once per message: nothing here calls more than it must.
    accept: (data: string | ArrayBuffer): void => {
      if (this.#readyState !== states.OPEN) return
      const form = typeof data === 'string' || this.#binaryType !== 'blob' ? data : blobOf(data)
      fireMessage(this, this.#messageState, form, runJobs)
    },
  }
  /** Bytes of messages that will never be sent, which still count (§3.1, `bufferedAmount`). */
  #unsendable = 0

  /**
   * @throws {DOMException} `SyntaxError` for a URL that is not absolute `ws:`, `wss:`, `http:` or
   *   `https:`, or has a fragment, and for subprotocols that repeat or are not tokens.
   */
  constructor(url: string | { toString(): string }, protocols?: string | Iterable<string>)
  constructor(url: unknown, protocols: unknown = []) {
    needArguments(arguments.length, 1, 'WebSocket')
    super()
    // WebIDL converts both arguments before the first step.
    const address = usvString(url)
    const wanted = sequence(protocols)
    const { href, origin } = urlRecord(address)
    checkSubprotocols(wanted)
    this.#url = href
    this.#messageState = messageState(this, origin)
    this.#id = this.#connect(wanted)
  }

  get url(): string {
    return this.#url
  }
  get readyState(): number {
    return this.#readyState
  }
  /**
   * Bytes of messages that the system has not taken, with all that were sent since the host entered
   * the plugin.
   */
  get bufferedAmount(): number {
    if (this.#readyState === states.CLOSED || this.#id === 0) return this.#unsendable
    const { bufferedAmount } = JSON.parse(bridge().info(this.#id)) as { bufferedAmount?: number }
    return (bufferedAmount ?? 0) + this.#unsendable
  }
  get extensions(): string {
    return this.#extensions
  }
  get protocol(): string {
    return this.#protocol
  }

  /**
   * @throws {DOMException} `InvalidAccessError` for a code other than 1000 and 3000 to 4999,
   *   `SyntaxError` for a reason of more than 123 bytes.
   */
  close(code?: number, reason?: string): void {
    // WebIDL §3.7.7: what `this` is comes before what was given.
    void this.#readyState
    const given = clampedCode(code)
    const text = reason === undefined ? '' : usvString(reason)
    const sent = checkClosing(given, text)
    if (this.#readyState >= states.CLOSING) return
    // Closing before it is open fails the connection, even if the server answers meanwhile.
    if (this.#readyState === states.CONNECTING) {
      this.#fail(`close() was called before the connection to ${this.#url} was open`)
    }
    this.#close(sent, text)
  }

  get binaryType(): BinaryType {
    return this.#binaryType
  }
  set binaryType(value: BinaryType) {
    void this.#binaryType // before the conversion, as in close()
    const wanted: string = `${value}`
    // WebIDL §3.7.6: other values of an enumeration are ignored.
    if (wanted !== 'blob' && wanted !== 'arraybuffer') return
    this.#binaryType = wanted
    this.#retarget(onlyListener(this, this.#retarget))
  }

  /** @throws {DOMException} `InvalidStateError` while connecting. */
  send(data: MessageData): void {
    needArguments(arguments.length, 1, 'send')
    const state = this.#readyState
    const payload = payloadOf(data)
    if (state === states.CONNECTING) {
      throw domException('send() while the WebSocket is still connecting', 'InvalidStateError')
    }
    if (state === states.OPEN) {
      const result = sendPayload(this.#id, payload)
      if (result === 0) return
      if (result === errorNumbers.EWS_LIMIT) {
        // "Flag the WebSocket as full and then close the WebSocket connection."
        this.#fail(`the send buffer for ${this.#url} is full`)
        this.#close(0, '')
      } else {
        // The connection may have ended, and its close event be on its way.
        checkOpen(result)
      }
    }
    this.#unsendable += typeof payload === 'string' ? utf8Length(payload) : payload.byteLength
  }

  #fail(why: string): void {
    this.#failed = true
    this.#failure ??= new EwsError('EWS_CLOSED', why)
  }

  #close(code: number, reason: string): void {
    this.#readyState = states.CLOSING
    this.#stop()
    if (this.#id !== 0) checkOpen(bridge().close(this.#id, code, reason))
  }

  /** It is open no more: nothing is sent on it, and no message is told of. */
  #stop(): void {
    stopSending(this)
    retarget(this.#id, { target: this.#target })
  }

  #connect(protocols: readonly string[]): number {
    const handler: ConnectionHandler = {
      opened: (about) => this.#opened(about.protocol, about.extensions),
      target: this.#target,
      failed: (error) => {
        this.#failure ??= error
      },
      drained: () => {},
      closed: (code, reason, wasClean) => this.#end(code, reason, wasClean),
    }
    try {
      return open({ url: this.#url, protocols, reconnect: false }, handler)
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      // The standard fails a connection in a later task, never in the constructor.
      setTimeout(() => {
        this.#failure = error
        this.#end(CloseCode.abnormal, '', false)
      }, 0)
      return 0
    }
  }

  /** Messages are fired by the engine as long as it need do no more than call this listener. */
  #retarget = (listener: Listener | undefined): void => {
    if (this.#readyState !== states.OPEN) return
    const { accept } = this.#target
    const { prototype } = this.#messageState
    const target: MessageTarget =
      listener === undefined
        ? this.#target
        : {
            form: this.#binaryType === 'blob' ? Form.textEvent : Form.event,
            accept,
            recipe: [listener, this, this.#messageState, prototype],
          }
    retarget(this.#id, { target })
  }

  #opened(protocol: string, extensions: string): void {
    if (this.#readyState !== states.CONNECTING) return
    this.#readyState = states.OPEN
    startSending(this, this.#id)
    this.#retarget(onlyListener(this, this.#retarget))
    this.#extensions = extensions
    this.#protocol = protocol
    fire(this, new Event('open'), runJobs)
  }

  /** The connection is closed (§4): error if it failed, then close, in one task. */
  #end(code: number, reason: string, wasClean: boolean): void {
    // RFC 6455 §7.2.1: a connection that is lost has failed, unless its end was asked for.
    if (!wasClean && this.#readyState !== states.CLOSING) {
      this.#fail(`the connection to ${this.#url} was lost`)
    }
    this.#readyState = states.CLOSED
    this.#stop()
    const error = this.#failure
    if (error !== undefined) {
      fire(this, new ErrorEvent('error', { error, message: error.message }), runJobs)
      // The checkpoint behind the last listener: the next event is of the same task.
      runJobs()
    }
    const init = this.#failed ? { code: CloseCode.abnormal } : { code, reason, wasClean }
    fire(this, new CloseEvent('close', init), runJobs)
  }
}

WebSocket.prototype.send = sending(WebSocket.prototype.send)
defineConstants(WebSocket, states)
defineHandlers(WebSocket.prototype, ['open', 'error', 'close', 'message'])
finishInterface(WebSocket, 'WebSocket', 1)
Object.defineProperty(WebSocket.prototype.close, 'length', { value: 0 })
/** WebIDL's `(DOMString or sequence<DOMString>)`. */
function sequence(protocols: unknown): string[] {
  const isObject = typeof protocols === 'object' || typeof protocols === 'function'
  if (isObject && protocols !== null) {
    const { [Symbol.iterator]: iterate } = protocols as Partial<Iterable<unknown>>
    if (iterate !== undefined && iterate !== null) {
      return Array.from(protocols as Iterable<unknown>, (name) => `${name as string}`)
    }
  }
  return [`${protocols as string}`]
}

/** Engines without a Blob, such as js-pdk's, hand out the ArrayBuffer. */
function blobOf(data: ArrayBuffer): unknown {
  return typeof Blob === 'function' ? new Blob([data]) : data
}
