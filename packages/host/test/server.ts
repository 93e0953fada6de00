import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** A close frame as the server saw it. */
export interface SeenClose {
  readonly path: string
  readonly code: number
  readonly reason: string
}

/** A WebSocket server on a free port of 127.0.0.1; the path says how it behaves. */
export class TestServer implements AsyncDisposable {
  readonly closes: SeenClose[] = []
  /** What came to the path `/sink`, cut off behind 100 characters. */
  readonly received: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  readonly #http: Server
  readonly #sockets: WebSocketServer
  /** For the path `/deflate`, which echoes as `/echo` does. */
  readonly #compressing = new WebSocketServer({ noServer: true, perMessageDeflate: true })
  readonly #tcp = new Set<Socket>()

  private constructor() {
    this.#http = createServer((_request, response) => response.writeHead(404).end())
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 2 ** 28,
      handleProtocols: (wanted) => [...wanted].at(-1) ?? false,
    })
    this.#http.on('connection', (socket) => {
      this.#tcp.add(socket)
      socket.once('close', () => this.#tcp.delete(socket))
    })
    this.#http.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://server')
      this.headers.push(request.headers)
      // Clients of the tests may cut the connection at any time.
      socket.on('error', () => {})
      if (url.pathname === '/unauthorized') {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        return
      }
      if (url.pathname === '/silent') {
        socket.on('end', () => socket.end()).resume()
        return
      }
      if (url.pathname === '/garbage') {
        socket.end('this is not HTTP\r\n\r\n')
        return
      }
      const sockets = url.pathname === '/deflate' ? this.#compressing : this.#sockets
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => {})
        webSocket.on('close', (code, reason) => {
          this.closes.push({ path: url.pathname, code, reason: reason.toString() })
        })
        serve(webSocket, url, this.received)
      })
    })
  }

  static async start(): Promise<TestServer> {
    const server = new TestServer()
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get origin(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** TCP connections that are open now. */
  get connections(): number {
    return this.#tcp.size
  }

  /** Resolves when every connection has ended. */
  async idle(): Promise<void> {
    while (this.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#tcp) socket.destroy()
    await new Promise((resolve) => this.#http.close(resolve))
  }
}

function serve(socket: WebSocket, url: URL, received: string[]): void {
  const number = (name: string): number => Number(url.searchParams.get(name) ?? 0)
  switch (url.pathname) {
    case '/echo':
    case '/deflate':
      socket.on('message', (data, binary) => socket.send(data, { binary }))
      break
    case '/push': {
      // As fast as the peer reads: `count` numbered messages of `size` bytes, then a close frame.
      const count = number('count')
      const padding = 'x'.repeat(number('size'))
      let sent = 0
      const push = (): void => {
        while (sent < count && socket.bufferedAmount < 1 << 20) {
          socket.send(JSON.stringify({ number: sent, padding }))
          sent++
        }
        if (sent < count) setTimeout(push, 0)
        else socket.close(1000, 'done')
      }
      push()
      break
    }
    case '/sizes':
      // One message of each size, in bytes, then a close frame.
      for (const size of (url.searchParams.get('sizes') ?? '').split(',')) {
        socket.send(messageOf(url.searchParams.get('kind'), Number(size)))
      }
      socket.close(1000)
      break
    case '/sink':
      socket.on('message', (data) => received.push(data.toString().slice(0, 100)))
      break
    case '/close':
      socket.close(number('code') || undefined, url.searchParams.get('reason') ?? '')
      break
    case '/drop':
      socket.send('last words', () => socket.terminate())
      break
    case '/close-on-message':
      socket.on('message', (data) => socket.close(Number(data.toString()), 'as you wish'))
      break
    default:
      // A close reason has 123 bytes at the most, and a hostile guest's path more.
      socket.close(1008, `unknown path ${url.pathname}`.slice(0, 123))
  }
}

/** `wide` is text whose characters take two bytes, in the guest as in UTF-8, when there are many. */
function messageOf(kind: string | null, size: number): string | Uint8Array {
  if (kind === 'binary') return new Uint8Array(size)
  return kind === 'wide' && size > 1000 ? 'Ж'.repeat(size / 2) : 'x'.repeat(size)
}
