import { SpanKind, SpanStatusCode, type Span, type Tracer } from '@opentelemetry/api'

import type {
  SocketConnectingMessage,
  SocketErrorMessage,
  SocketTraffic,
} from '../metrics/channels.js'
import { pluginAttribute } from './names.js'
import { subscribe } from './subscribe.js'

/** The connection that a socket has now. */
interface Connection {
  readonly span: Span
  /** What the socket had carried when it began. */
  readonly before: SocketTraffic
}

/** A socket that has not ended. */
interface KnownSocket {
  connection: Connection | undefined
  traffic: SocketTraffic
}

const nothing: SocketTraffic = {
  messagesReceived: 0,
  messagesSent: 0,
  bytesReceived: 0,
  bytesSent: 0,
}

/** A span for each connection: a socket that reconnects has several, one after the other. */
export class ConnectionSpans {
  readonly #tracer: Tracer
  readonly #sockets = new Map<string, KnownSocket>()
  readonly #unsubscribe: readonly (() => void)[]

  /** @param watches whether a session is observed. */
  constructor(tracer: Tracer, watches: (session: number) => boolean) {
    this.#tracer = tracer
    this.#unsubscribe = [
      subscribe('extism-ws:socket.connecting', (message) => {
        if (watches(message.session)) this.#begin(message)
      }),
      subscribe('extism-ws:socket.open', (message) => {
        this.#span(message)?.addEvent('websocket.open')
      }),
      subscribe('extism-ws:socket.error', (message) => this.#fail(message)),
      subscribe('extism-ws:socket.reconnecting', (message) => {
        this.#finish(message, { 'extism_ws.reconnecting': true })
      }),
      subscribe('extism-ws:socket.close', (message) => {
        const { code, wasClean } = message
        this.#finish(message, {
          'extism_ws.close.code': code,
          'extism_ws.close.clean': wasClean,
        })
        this.#sockets.delete(key(message))
      }),
    ]
  }

  /** Listens no more. Connections that are open live on without their span. */
  end(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const { connection } of this.#sockets.values()) connection?.span.end()
    this.#sockets.clear()
  }

  #span(message: SocketName): Span | undefined {
    return this.#sockets.get(key(message))?.connection?.span
  }

  #begin(message: SocketConnectingMessage): void {
    const socket = this.#sockets.get(key(message)) ?? { connection: undefined, traffic: nothing }
    socket.connection?.span.end()
    const { plugin, url, reconnect } = message
    const { attributes, host } = addressOf(url)
    const span = this.#tracer.startSpan(host === undefined ? 'websocket' : `websocket ${host}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        ...attributes,
        'url.full': url,
        'network.protocol.name': 'websocket',
        [pluginAttribute]: plugin,
        'extism_ws.session': message.session,
        'extism_ws.socket': message.socket,
        'extism_ws.reconnect': reconnect,
      },
    })
    socket.connection = { span, before: socket.traffic }
    this.#sockets.set(key(message), socket)
  }

  #fail(message: SocketErrorMessage): void {
    const span = this.#span(message)
    span?.setAttribute('error.type', message.code)
    span?.setStatus({ code: SpanStatusCode.ERROR, message: `${message.code}: ${message.message}` })
  }

  #finish(message: SocketName & SocketTraffic, attributes: Record<string, number | boolean>): void {
    const socket = this.#sockets.get(key(message))
    if (socket?.connection === undefined) return
    const { span, before } = socket.connection
    socket.connection = undefined
    socket.traffic = message
    span.setAttributes({
      ...attributes,
      'extism_ws.messages.received': message.messagesReceived - before.messagesReceived,
      'extism_ws.messages.sent': message.messagesSent - before.messagesSent,
      'extism_ws.received.size': message.bytesReceived - before.bytesReceived,
      'extism_ws.sent.size': message.bytesSent - before.bytesSent,
    })
    span.end()
  }
}

interface SocketName {
  readonly session: number
  readonly socket: number
}

function key({ session, socket }: SocketName): string {
  return `${session} ${socket}`
}

const defaultPorts: Readonly<Record<string, number>> = { 'ws:': 80, 'wss:': 443 }

function addressOf(url: string): { attributes: Record<string, string | number>; host?: string } {
  // It was cut if it was very long, which can make another one of it.
  if (!URL.canParse(url)) return { attributes: {} }
  const { hostname, port, protocol } = new URL(url)
  // An address of IPv6 is told without its brackets.
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  const number = port === '' ? defaultPorts[protocol] : Number(port)
  return {
    host: address,
    attributes: {
      'server.address': address,
      ...(number === undefined ? {} : { 'server.port': number }),
    },
  }
}
