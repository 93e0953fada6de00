import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { interview } from './interview.js'

export const tickCount = 1000
/** So slow that a person can watch: 800 per second, of which a plugin could read many more. */
const ticksPerTurn = 8
const turnMs = 10

/** A tick's price, the same in every run: a plugin's answer can be checked. */
export function priceOf(number: number): number {
  const cents = 10_000 + 800 * Math.sin(number / 160) + 150 * Math.sin(number / 7)
  return Math.round(cents) / 100
}

/** A WebSocket server on a free port of 127.0.0.1. The path says what it does. */
export class ExampleServer implements AsyncDisposable {
  readonly #server: WebSocketServer
  readonly #room = new Set<WebSocket>()
  readonly #log: (line: string) => void
  readonly #interviews: string[][] = []

  private constructor(log: (line: string) => void) {
    this.#log = log
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    this.#server.on('connection', (socket, request) => {
      // A plugin that breaks off is no reason to end the server.
      socket.on('error', (error) => this.#log(`connection lost: ${error.message}`))
      this.#serve(socket, new URL(request.url ?? '/', this.origin))
    })
  }

  /** @param log gets a line for what happens. Default: none. */
  static async start(log: (line: string) => void = () => {}): Promise<ExampleServer> {
    const server = new ExampleServer(log)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('listening', resolve).once('error', reject)
    })
    log(`listening on ${server.origin}`)
    return server
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo // it listens on TCP, not on a pipe
    return `ws://127.0.0.1:${port}`
  }

  /** The answers of each interview that was brought to its end, over one connection. */
  get interviews(): readonly string[][] {
    return this.#interviews
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: WebSocket, url: URL): void {
    switch (url.pathname) {
      case '/echo':
        socket.on('message', (data, binary) => socket.send(data, { binary }))
        break
      case '/ticker':
        this.#push(socket)
        break
      case '/interview':
        void interview(socket, this.#log).then((answers) => {
          this.#interviews.push(answers)
          socket.close(1000, 'thank you')
        })
        break
      case '/chat':
        this.#chat(socket, url.searchParams.get('name') ?? 'somebody')
        break
      default:
        socket.close(1008, `unknown path ${url.pathname}`)
    }
  }

  /** Sends every tick, at an even pace, then closes the connection. */
  #push(socket: WebSocket): void {
    this.#log(`a plugin connected, sending ${tickCount} ticks`)
    let sent = 0
    const timer = setInterval(() => {
      for (const end = sent + ticksPerTurn; sent < end;) {
        sent++
        socket.send(JSON.stringify({ number: sent, price: priceOf(sent) }))
      }
      if (sent < tickCount) return
      clearInterval(timer)
      this.#log(`all ${tickCount} ticks sent, closing the connection`)
      socket.close(1000, 'end of the feed')
    }, turnMs)
    socket.once('close', () => clearInterval(timer))
  }

  /** Tells everyone else in the room what this one says, and when it comes and goes. */
  #chat(socket: WebSocket, name: string): void {
    const tellOthers = (line: string): void => {
      for (const other of this.#room) if (other !== socket) other.send(line)
    }
    this.#room.add(socket)
    tellOthers(`${name} joined`)
    socket.on('message', (data) => tellOthers(`${name}: ${String(data)}`))
    socket.on('close', () => {
      this.#room.delete(socket)
      tellOthers(`${name} left`)
    })
  }
}
