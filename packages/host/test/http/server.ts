import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

import { selfSigned } from './certificate.js'

/** What the server saw of a request. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['rawHeaders']
  readonly body: string
}

/** An HTTP server on a free port of 127.0.0.1; the path says how it behaves. */
export class HttpServer implements AsyncDisposable {
  readonly seen: Seen[] = []
  /** TCP connections so far. */
  connected = 0
  readonly #secure: boolean
  readonly #http: Server
  readonly #tcp = new Set<Socket>()

  private constructor(secure: boolean) {
    this.#secure = secure
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(request, response).catch(() => response.destroy())
    }
    this.#http = secure ? createSecureServer(selfSigned, serve) : createServer(serve)
    this.#http.keepAliveTimeout = 60_000
    this.#http.on('connection', (socket) => {
      this.connected++
      this.#tcp.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.#tcp.delete(socket))
    })
  }

  static async start(secure = false): Promise<HttpServer> {
    const server = new HttpServer(secure)
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get origin(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  /** TCP connections that are open now. */
  get connections(): number {
    return this.#tcp.size
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#tcp) socket.destroy()
  }

  /** Resolves when every connection has ended. */
  async idle(): Promise<void> {
    while (this.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin)
    if (url.pathname === '/deaf') {
      // Answers before it has read the request, and never reads it.
      return void response.end('no thanks')
    }
    const body = await buffer(request)
    this.seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.rawHeaders,
      body: body.toString(),
    })
    answer(url, response, body)
  }
}

function answer(url: URL, response: ServerResponse, body: Buffer): void {
  const parameter = (name: string): string => url.searchParams.get(name) ?? ''
  const number = (name: string): number => Number(parameter(name))
  const encoded = (coding: string, bytes: Uint8Array): void =>
    void response
      .writeHead(200, { 'Content-Encoding': coding, 'Content-Length': bytes.length })
      .end(bytes)
  switch (url.pathname) {
    case '/hello':
      return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('hello')
    case '/echo':
      return void response.end(body)
    case '/status':
      return void response.writeHead(number('code'), parameter('text')).end()
    case '/cookies':
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2'])
      return void response.end()
    case '/redirect':
      return void response.writeHead(number('code'), { Location: parameter('to') }).end('moved')
    case '/loop':
      return void response.writeHead(302, { Location: '/loop' }).end()
    case '/silent':
      return
    case '/drip':
      response.write('first')
      return
    case '/bytes':
      return stream(response, number('count'))
    case '/announce':
      response.writeHead(200, { 'Content-Length': number('count') }).write('x')
      return
    case '/gzip':
      return encoded('gzip', gzipSync('compressed'))
    case '/br':
      return encoded('br', brotliCompressSync('compressed'))
    case '/deflate':
      return encoded('deflate', deflateSync('compressed'))
    case '/twice':
      return encoded('gzip, br', brotliCompressSync(gzipSync('compressed')))
    case '/unknown-coding':
      return encoded('rot13', Buffer.from('pbzcerffrq'))
    case '/empty-gzip':
      return encoded('gzip', new Uint8Array(0))
    case '/not-gzip':
      return encoded('gzip', Buffer.from('this is not gzip'))
    case '/bomb':
      return encoded('gzip', bomb)
    case '/half':
      response.writeHead(200, { 'Content-Length': 100 }).write('half', () => response.destroy())
      return
    case '/half-gzip':
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': 100 })
      response.write(gzipSync('half'), () => response.destroy())
      return
    case '/reset':
      return void response.destroy()
    case '/raw':
      // Whatever the test wants, after the parser has had its say.
      response.socket?.end(Buffer.from(parameter('bytes'), 'latin1'))
      return
    default:
      return void response.writeHead(404).end()
  }
}

/** As fast as the peer reads. */
function stream(response: ServerResponse, count: number): void {
  const piece = Buffer.alloc(65_536, 'x')
  let left = count
  const push = (): void => {
    while (left > 0 && !response.destroyed) {
      const next = piece.subarray(0, Math.min(left, piece.length))
      left -= next.length
      if (!response.write(next)) return void response.once('drain', push)
    }
    response.end()
  }
  push()
}

/** 16 MiB of zeros in 16 KiB. */
const bomb = gzipSync(Buffer.alloc(16 * 2 ** 20))
