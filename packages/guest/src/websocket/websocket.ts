import { EwsError, isSendable, maxReasonBytes, Opcode } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { check, open, type ConnectionHandler } from '../connections.js'
import { engine } from '../engine.js'
import {
  CloseEvent,
  Event,
  EventTarget,
  MessageEvent,
  SocketErrorEvent,
  type EventListener,
} from './event.js'

type Handler<E> = ((event: E) => unknown) | null

/** How the standard names its failures: a `DOMException` where the engine has one. */
function domException(message: string, name: string): Error {
  const Exception = (globalThis as { DOMException?: new (m: string, n: string) => Error })
    .DOMException
  if (Exception !== undefined) return new Exception(message, name)
  const error = new Error(message)
  error.name = name
  return error
}

/**
 * The standard class (WHATWG WebSockets §3), over the host's sockets.
 *
 * Binary messages arrive as ArrayBuffer; `bufferedAmount` is what the host has not yet written.
 */
export class WebSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3

  binaryType = 'arraybuffer'
  readonly #id: number
  #url: string
  #origin: string
  #protocol = ''
  #extensions = ''
  #readyState = 0
  readonly #handlers = new Map<string, EventListener<never>>()

  /**
   * @throws {DOMException} `SyntaxError` for a URL that is not absolute `ws:`, `wss:`, `http:` or
   *   `https:`, or for subprotocols that repeat or are not tokens.
   */
  constructor(url: string | { toString(): string }, protocols: string | readonly string[] = []) {
    super((error) => engine().loop.report(error))
    const { href, origin } = parseUrl(String(url))
    const wanted = typeof protocols === 'string' ? [protocols] : [...protocols].map(String)
    if (new Set(wanted.map((name) => name.toLowerCase())).size < wanted.length) {
      throw domException(`subprotocols repeat: ${wanted.join(', ')}`, 'SyntaxError')
    }
    for (const name of wanted) {
      if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) {
        throw domException(`subprotocol "${name}" is not a token`, 'SyntaxError')
      }
    }
    this.#url = href
    this.#origin = origin
    this.#id = this.#connect(wanted)
  }

  get url(): string {
    return this.#url
  }
  get readyState(): number {
    return this.#readyState
  }
  get protocol(): string {
    return this.#protocol
  }
  get extensions(): string {
    return this.#extensions
  }
  get bufferedAmount(): number {
    if (this.#readyState === WebSocket.CLOSED || this.#id === 0) return 0
    const { bufferedAmount } = JSON.parse(bridge().info(this.#id)) as { bufferedAmount?: number }
    return bufferedAmount ?? 0
  }

  get onopen(): Handler<Event> {
    return this.#handler('open')
  }
  set onopen(handler: Handler<Event>) {
    this.#setHandler('open', handler)
  }
  get onmessage(): Handler<MessageEvent> {
    return this.#handler('message')
  }
  set onmessage(handler: Handler<MessageEvent>) {
    this.#setHandler('message', handler)
  }
  get onerror(): Handler<Event> {
    return this.#handler('error')
  }
  set onerror(handler: Handler<Event>) {
    this.#setHandler('error', handler)
  }
  get onclose(): Handler<CloseEvent> {
    return this.#handler('close')
  }
  set onclose(handler: Handler<CloseEvent>) {
    this.#setHandler('close', handler)
  }

  /** @throws {DOMException} `InvalidStateError` while connecting. */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#readyState === WebSocket.CONNECTING) {
      throw domException('send() while the WebSocket is still connecting', 'InvalidStateError')
    }
    // The standard drops silently what is sent on a socket that is closing or closed.
    if (this.#readyState !== WebSocket.OPEN) return
    if (data instanceof ArrayBuffer) {
      check(bridge().send(this.#id, Opcode.binary, new Uint8Array(data)))
    } else if (ArrayBuffer.isView(data)) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      check(bridge().send(this.#id, Opcode.binary, bytes))
    } else {
      check(bridge().send(this.#id, Opcode.text, String(data)))
    }
  }

  /**
   * @throws {DOMException} `InvalidAccessError` for a code other than 1000 and 3000 to 4999,
   *   `SyntaxError` for a reason of more than 123 bytes.
   */
  close(code?: number, reason = ''): void {
    if (code !== undefined && !isSendable(code)) {
      throw domException(
        `close code ${code} is neither 1000 nor 3000 to 4999`,
        'InvalidAccessError',
      )
    }
    const bytes = new TextEncoder().encode(reason).length
    if (bytes > maxReasonBytes) {
      throw domException(`close reason has ${bytes} bytes, 123 are allowed`, 'SyntaxError')
    }
    if (this.#readyState >= WebSocket.CLOSING) return
    this.#readyState = WebSocket.CLOSING
    if (this.#id !== 0) check(bridge().close(this.#id, code ?? 0, reason))
  }

  #connect(protocols: readonly string[]): number {
    const handler: ConnectionHandler = {
      opened: (about) => {
        this.#url = about.url
        this.#protocol = about.protocol
        this.#extensions = about.extensions
        if (this.#readyState !== WebSocket.CONNECTING) return
        this.#readyState = WebSocket.OPEN
        this.dispatchEvent(new Event('open'))
      },
      message: (data) => {
        if (this.#readyState !== WebSocket.OPEN) return
        this.dispatchEvent(new MessageEvent('message', { data, origin: this.#origin }))
      },
      failed: (error) => {
        this.dispatchEvent(new SocketErrorEvent(error))
      },
      drained: () => {},
      closed: (code, reason, wasClean) => {
        this.#readyState = WebSocket.CLOSED
        this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }))
      },
    }
    try {
      return open({ url: this.#url, protocols }, handler)
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      // The standard fails a connection later, never in the constructor: error, then close.
      queueMicrotask(() => {
        handler.failed(error)
        handler.closed(1006, '', false)
      })
      return 0
    }
  }

  #handler<E>(type: string): Handler<E> {
    return (this.#handlers.get(type) as Handler<E> | undefined) ?? null
  }

  #setHandler<E>(type: string, handler: Handler<E>): void {
    const before = this.#handlers.get(type)
    if (before !== undefined) this.removeEventListener(type, before)
    this.#handlers.delete(type)
    if (typeof handler !== 'function') return
    this.#handlers.set(type, handler)
    this.addEventListener(type, handler)
  }
}

function parseUrl(url: string): { href: string; origin: string } {
  const match = /^(wss?|https?):\/\/([^/?#\s]+)([^#\s]*)(#.*)?$/i.exec(url.trim())
  if (match === null) {
    throw domException(`"${url}" is not an absolute ws: or wss: URL`, 'SyntaxError')
  }
  const [, scheme = '', authority = '', rest = '', fragment] = match
  if (fragment !== undefined) throw domException(`"${url}" has a fragment`, 'SyntaxError')
  const secure = /^(wss|https)$/i.test(scheme)
  const origin = `${secure ? 'wss' : 'ws'}://${authority.toLowerCase()}`
  return { href: `${origin}${rest === '' ? '/' : rest}`, origin }
}
