import { CloseCode, EwsError } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { checkOpen, open, type ConnectionHandler } from '../connections.js'
import { Form } from '../message-target.js'
import { domException, finishInterface, needArguments, needObject, usvString } from '../web-idl.js'
import { checkSubprotocols } from '../websocket/subprotocol.js'
import { urlRecord } from '../websocket/url-record.js'
import { MessageStreams } from './message-streams.js'
import {
  checkCloseInfo,
  endError,
  WebSocketError,
  type WebSocketCloseInfo,
} from './websocket-error.js'

export interface WebSocketStreamOptions {
  /** Subprotocols, most wanted first. Default: none. */
  protocols?: Iterable<string>
  /** Gives the connection up while it is not open yet. */
  signal?: AbortSignal
}

/** What `opened` resolves with. */
export interface WebSocketOpenInfo {
  /** Messages: text as a string, binary as a Uint8Array. While nobody reads, nothing is received. */
  readable: ReadableStream<string | Uint8Array>
  /** Takes strings and bytes. A write waits while the host's send buffer is full. */
  writable: WritableStream<string | ArrayBuffer | ArrayBufferView>
  protocol: string
  extensions: string
}

/**
 * A WebSocket connection as two streams, with backpressure in both directions (the WebSocketStream
 * proposal to WHATWG WebSockets).
 */
export class WebSocketStream {
  readonly #url: string
  readonly #opened = new Settable<WebSocketOpenInfo>()
  readonly #closed = new Settable<Required<WebSocketCloseInfo>>()
  readonly #signal: AbortSignal | undefined
  #id = 0
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #streams: MessageStreams | undefined
  #failure: unknown

  /** @throws {DOMException} as the constructor of `WebSocket`. */
  constructor(url: string | { toString(): string }, options?: WebSocketStreamOptions)
  constructor(url: unknown, options: WebSocketStreamOptions | null = {}) {
    needArguments(arguments.length, 1, 'WebSocketStream')
    if (typeof ReadableStream !== 'function') {
      throw domException('WebSocketStream: this engine has no streams', 'NotSupportedError')
    }
    const address = usvString(url)
    needObject(options, 'the options')
    const given = options?.protocols === undefined ? [] : options.protocols
    needObject(given, 'protocols')
    const protocols = Array.from(given, usvString)
    const signal = options?.signal
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError('WebSocketStream: the signal is not an AbortSignal')
    }
    this.#url = urlRecord(address).href
    checkSubprotocols(protocols)
    this.#signal = signal
    if (signal?.aborted === true) this.#abort()
    else this.#connect(protocols)
  }

  get url(): string {
    return this.#url
  }
  /** Rejects with a `WebSocketError`, or with the signal's reason. */
  get opened(): Promise<WebSocketOpenInfo> {
    return #opened in this ? this.#opened.promise : noStream()
  }
  /** How the connection ended; rejects when it was lost, or never came about. */
  get closed(): Promise<Required<WebSocketCloseInfo>> {
    return #closed in this ? this.#closed.promise : noStream()
  }

  /**
   * Starts the closing handshake; while connecting, gives the connection up.
   *
   * @throws {DOMException} `InvalidAccessError` for a code other than 1000 and 3000 to 4999,
   *   `SyntaxError` for a reason of more than 123 bytes.
   */
  close(closeInfo: WebSocketCloseInfo = {}): void {
    const { code, reason } = checkCloseInfo(closeInfo)
    this.#close(code, reason)
  }

  #close(code: number, reason: string): void {
    if (this.#state === 'connecting') {
      this.#failure ??= new EwsError('EWS_CLOSED', 'closed before the connection was open')
    } else if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#streams?.closing()
    checkOpen(bridge().close(this.#id, code, reason))
  }

  #connect(protocols: readonly string[]): void {
    const handler: ConnectionHandler = {
      opened: ({ protocol, extensions }) => {
        this.#signal?.removeEventListener('abort', this.#abort)
        if (this.#state !== 'connecting') return
        this.#state = 'open'
        this.#streams = new MessageStreams(this.#id, {
          close: (reason) => this.#closeFor(reason),
          closed: this.#closed.promise,
        })
        const { readable, writable } = this.#streams
        this.#opened.resolve({ readable, writable, protocol, extensions })
      },
      target: { form: Form.bytes, accept: (message) => this.#streams?.receive(message) },
      failed: (error) => {
        this.#failure ??= error
      },
      drained: () => this.#streams?.drained(),
      closed: (code, reason, wasClean) => this.#end(code, reason, wasClean),
    }
    try {
      this.#id = open({ url: this.#url, protocols, reconnect: false }, handler)
      this.#signal?.addEventListener('abort', this.#abort)
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      this.#failure = error
      this.#end(CloseCode.abnormal, '', false)
    }
  }

  readonly #abort = (): void => {
    if (this.#state !== 'connecting') return
    this.#state = 'closing'
    this.#opened.reject(this.#signal?.reason)
    this.#closed.reject(this.#signal?.reason)
    if (this.#id !== 0) checkOpen(bridge().close(this.#id, 0, ''))
  }

  /** The reason for which a stream was cancelled or aborted says how to close. */
  #closeFor(reason: unknown): void {
    if (reason instanceof WebSocketError) this.#close(reason.closeCode ?? 0, reason.reason)
    else this.#close(0, '')
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#state = 'closed'
    this.#signal?.removeEventListener('abort', this.#abort)
    const cause = this.#failure
    if (this.#streams === undefined) {
      const error = endError(`the connection to ${this.#url} failed`, CloseCode.abnormal, '', cause)
      this.#opened.reject(error)
      this.#closed.reject(error)
    } else if (wasClean && cause === undefined) {
      this.#streams.end(endError('the connection was closed', code, reason), true)
      this.#closed.resolve({ closeCode: code, reason })
    } else {
      const error = endError('the connection was lost', code, reason, cause)
      this.#streams.end(error, false)
      this.#closed.reject(error)
    }
  }
}

finishInterface(WebSocketStream, 'WebSocketStream', 1)
/** A promise, and what settles it. Nobody has to handle its rejection. */
class Settable<T> {
  readonly promise: Promise<T>
  resolve: (value: T) => void = () => {}
  reject: (reason: unknown) => void = () => {}

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.promise.catch(() => {})
  }
}

/** WebIDL §3.7.6: a promise is refused by rejecting it. */
const noStream = (): Promise<never> => Promise.reject(new TypeError('this is no WebSocketStream'))
