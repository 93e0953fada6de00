import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { SocketHub } from '../../src/hub/socket-hub.js'
import { Acceptor } from '../../src/inbound/acceptor.js'
import type { AcceptorParts } from '../../src/inbound/acceptor.js'
import type { SocketOptions } from '../../src/options.js'
import { SessionClient } from '../connection/session-client.js'

type Call = AcceptorParts['pump']['call']

/** An HTTP server that hands its upgrades to a session, whose guest is the test. */
export class AcceptorServer implements AsyncDisposable {
  readonly client: SessionClient
  readonly acceptor: Acceptor
  readonly outcomes: Promise<void>[] = []
  /** How `onConnection` is called. */
  call: Call = async (_name, _input, { begin }) => {
    begin?.()
    return null
  }
  /** What is done with an upgrade. */
  onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    this.accept(request, socket, head)
  readonly #http: Server

  private constructor(http: Server, sockets: SocketOptions, hub?: SocketHub) {
    this.#http = http
    this.client = new SessionClient(sockets, hub)
    const { session } = this.client
    const log = (line: unknown): void => void this.client.lines.push(String(line))
    this.acceptor = new Acceptor({
      guest: { has: () => true },
      pump: { call: (...args) => this.call(...args) },
      session,
      limits: session.limits,
      log: { debug: log, info: log, warn: log, error: log, enabled: () => true },
    })
    http.on('upgrade', (request, socket, head) => this.onUpgrade(request, socket, head))
  }

  static async start(sockets: SocketOptions = {}, hub?: SocketHub): Promise<AcceptorServer> {
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    return new AcceptorServer(http, sockets, hub)
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const outcome = this.acceptor.upgrade({ request, socket, head }, {})
    outcome.catch(() => {})
    this.outcomes.push(outcome)
  }

  /** A client on bare TCP, which sends the request and what follows it at once. */
  async shake(...more: Buffer[]): Promise<Socket> {
    const tcp = connect(this.port, '127.0.0.1')
    tcp.on('error', () => {})
    tcp.resume()
    await once(tcp, 'connect')
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    tcp.write(Buffer.concat([Buffer.from(request), ...more]))
    return tcp
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.session.dispose()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }
}

/** A text frame as a client sends it, with a mask of zeros. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}
