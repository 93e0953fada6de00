import { CloseCode, EwsError, isSendable, maxReasonBytes, Opcode } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { checkOpen, open, type ConnectionHandler } from '../connections.js'
import { engine } from '../engine.js'
import { CloseEvent, Event, EventTarget, MessageEvent, SocketErrorEvent } from './event.js'

type Handler<E> = ((event: E) => unknown) | null

/** The value of an `on*` attribute, and the listener that stands for it whatever its value. */
interface AttributeHandler {
  handler: (event: never) => unknown
  readonly listener: (event: Event) => unknown
}

/** How the standard names its failures: a `DOMException` where the engine has one. */
function domException(message: string, name: string): Error {
  const Exception = (globalThis as { DOMException?: new (m: string, n: string) => Error })
    .DOMException
  if (Exception !== undefined) return new Exception(message, name)
  const error = new Error(message)
  error.name = name
  return error
}

/** What a WebSocket fires. */
export interface WebSocketEvents {
  open: Event
  message: MessageEvent
  error: SocketErrorEvent
  close: CloseEvent
}

/**
 * The standard class (WHATWG WebSockets §3), over the host's sockets.
 *
 * Binary messages arrive as ArrayBuffer; `bufferedAmount` is what the host has not yet written.
 */
export class WebSocket extends EventTarget<WebSocketEvents> {
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
  #opened = false
  #failure: EwsError | undefined
  readonly #handlers = new Map<string, AttributeHandler>()

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
    // As it drops what is sent when the connection has ended and its close event is on its way.
    checkOpen(this.#send(data))
  }

  #send(data: string | ArrayBuffer | ArrayBufferView): number {
    if (data instanceof ArrayBuffer) {
      return bridge().send(this.#id, Opcode.binary, new Uint8Array(data))
    }
    if (ArrayBuffer.isView(data)) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      return bridge().send(this.#id, Opcode.binary, bytes)
    }
    return bridge().send(this.#id, Opcode.text, String(data))
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
    if (this.#id !== 0) checkOpen(bridge().close(this.#id, code ?? 0, reason))
  }

  #connect(protocols: readonly string[]): number {
    const handler: ConnectionHandler = {
      opened: (about) => {
        this.#url = about.url
        this.#protocol = about.protocol
        this.#extensions = about.extensions
        if (this.#readyState !== WebSocket.CONNECTING) return
        this.#readyState = WebSocket.OPEN
        this.#opened = true
        this.dispatchEvent(new Event('open'))
      },
      message: (data) => {
        if (this.#readyState !== WebSocket.OPEN) return
        this.dispatchEvent(new MessageEvent('message', { data, origin: this.#origin }))
      },
      failed: (error) => {
        this.#failure = error
      },
      drained: () => {},
      closed: (code, reason, wasClean) => this.#end(code, reason, wasClean),
    }
    try {
      return open({ url: this.#url, protocols }, handler)
    } catch (error) {
      if (!(error instanceof EwsError)) throw error
      if (error.code === 'EWS_BAD_URL') throw domException(error.message, 'SyntaxError')
      // The standard fails a connection in a later task, never in the constructor.
      setTimeout(() => {
        this.#failure = error
        this.#end(CloseCode.abnormal, '', false)
      }, 0)
      return 0
    }
  }

  /** Feedback of the connection's end (WHATWG WebSockets §4): error if it failed, then close. */
  #end(code: number, reason: string, wasClean: boolean): void {
    this.#readyState = WebSocket.CLOSED
    // Closing before it is open fails the connection, even if the server answers meanwhile.
    const early = this.#opened
      ? undefined
      : new EwsError('EWS_CLOSED', `the connection to ${this.#url} ended before it was open`)
    const failure = this.#failure ?? early
    if (failure !== undefined) this.dispatchEvent(new SocketErrorEvent(failure))
    const init = early === undefined ? { code, reason, wasClean } : { code: CloseCode.abnormal }
    this.dispatchEvent(new CloseEvent('close', init))
  }

  #handler<E>(type: keyof WebSocketEvents): Handler<E> {
    return (this.#handlers.get(type)?.handler as Handler<E> | undefined) ?? null
  }

  #setHandler<E>(type: keyof WebSocketEvents, handler: Handler<E>): void {
    const current = this.#handlers.get(type)
    if (typeof handler !== 'function') {
      this.#handlers.delete(type)
      if (current !== undefined) this.removeEventListener(type, current.listener)
    } else if (current !== undefined) {
      // HTML §8.1.8.1: another value keeps the place among the listeners.
      current.handler = handler
    } else {
      const added: AttributeHandler = {
        handler,
        listener: (event) => Reflect.apply(added.handler, this, [event]),
      }
      this.#handlers.set(type, added)
      this.addEventListener(type, added.listener)
    }
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
  const host = authority.toLowerCase().replace(secure ? /:443$/ : /:80$/, '')
  const origin = `${secure ? 'wss' : 'ws'}://${host}`
  return { href: `${origin}${rest.startsWith('/') ? '' : '/'}${rest}`, origin }
}
