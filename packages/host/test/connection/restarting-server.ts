import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'

/** A server that can be stopped, as when its process ends, and started again on the same port. */
export class RestartingServer implements AsyncDisposable {
  /** What it was sent, by anyone. */
  readonly received: string[] = []
  readonly requests: IncomingMessage[] = []
  onConnection: (socket: WebSocket, request: IncomingMessage) => void = () => {}
  #server: WebSocketServer | undefined
  #port = 0
  readonly #options: ServerOptions

  private constructor(options: ServerOptions, port: number) {
    this.#options = options
    this.#port = port
  }

  /** @param port by default one that is free. */
  static async start(options: ServerOptions = {}, port = 0): Promise<RestartingServer> {
    const server = new RestartingServer(options, port)
    await server.start()
    return server
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`
  }

  get clients(): WebSocket[] {
    return [...(this.#server?.clients ?? [])]
  }

  async start(): Promise<void> {
    const server = new WebSocketServer({ ...this.#options, port: this.#port, host: '127.0.0.1' })
    server.on('connection', (socket, request) => {
      this.requests.push(request)
      socket.on('error', () => {})
      socket.on('message', (data) => this.received.push(String(data)))
      this.onConnection(socket, request)
    })
    await new Promise((resolve) => server.once('listening', resolve))
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  /** Ends every connection, by default without a close frame. */
  async stop(code?: number): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    for (const client of server.clients) {
      if (code === undefined) client.terminate()
      else client.close(code)
    }
    await new Promise((resolve) => server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
