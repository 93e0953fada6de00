import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'

/** A WebSocket server with TLS on a free port of `localhost`, which greets and keeps what it saw. */
export class SecureServer implements AsyncDisposable {
  /** Of each TLS connection: the name that the client asked for, and whether a session was resumed. */
  readonly seen: { servername: string | false; resumed: boolean }[] = []
  /** Common names of client certificates. */
  readonly clients: string[] = []
  /** Paths of requests that are no handshake, and of those that are. */
  readonly paths: string[] = []
  readonly #https: Server
  readonly #tcp = new Set<Socket>()

  private constructor(options: ServerOptions) {
    this.#https = createServer(options, (request, response) => {
      this.paths.push(request.url ?? '')
      response.writeHead(404).end()
    })
    const sockets = new WebSocketServer({ noServer: true })
    this.#https.on('connection', (socket: Socket) => {
      this.#tcp.add(socket)
      socket.on('error', () => {}).once('close', () => this.#tcp.delete(socket))
    })
    this.#https.on('tlsClientError', () => {})
    this.#https.on('secureConnection', (socket: TLSSocket) => {
      const servername = (socket as { servername?: string | false }).servername ?? false
      this.seen.push({ servername, resumed: socket.isSessionReused() })
      const subject: unknown = socket.getPeerCertificate().subject
      if (subject) this.clients.push((subject as { CN: string }).CN)
    })
    this.#https.on('upgrade', (request, socket, head) => {
      this.paths.push(request.url ?? '')
      const location = /^\/redirect\?(.*)/.exec(request.url ?? '')?.[1]
      if (location !== undefined) {
        socket.end(
          `HTTP/1.1 302 Found\r\nLocation: ${decodeURIComponent(location)}\r\nContent-Length: 0\r\n\r\n`,
        )
        return
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.send('hello'))
    })
  }

  static async start(options: ServerOptions): Promise<SecureServer> {
    const server = new SecureServer(options)
    await new Promise<void>((resolve) => server.#https.listen(0, 'localhost', resolve))
    return server
  }

  get port(): number {
    return (this.#https.address() as AddressInfo).port
  }

  get origin(): string {
    return `wss://localhost:${this.port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#tcp) socket.destroy()
    await new Promise((resolve) => this.#https.close(resolve))
  }
}
