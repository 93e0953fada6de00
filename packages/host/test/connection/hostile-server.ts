import { createHash } from 'node:crypto'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A server on bare TCP, which does to its clients what it likes. */
export class HostileServer implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(connected: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
      connected(socket)
    })
  }

  /** @param connected what it does with a TCP connection. */
  static async onTcp(connected: (socket: Socket) => void): Promise<HostileServer> {
    const server = new HostileServer(connected)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  /**
   * @param connected what it does after a proper opening handshake.
   * @param extensions what it says to those that are offered.
   */
  static onWebSocket(
    connected: (socket: Socket) => void,
    extensions?: string,
  ): Promise<HostileServer> {
    return HostileServer.onTcp((socket) => {
      let request = ''
      const read = (data: Buffer): void => {
        request += data.toString('latin1')
        if (!request.includes('\r\n\r\n')) return
        socket.off('data', read)
        const key = /sec-websocket-key: (.*)\r\n/i.exec(request)?.[1] ?? ''
        const accept = createHash('sha1')
          .update(key + magic)
          .digest('base64')
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            `Sec-WebSocket-Accept: ${accept}\r\n` +
            (extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`) +
            '\r\n',
        )
        connected(socket)
      }
      socket.on('data', read)
    })
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get connections(): number {
    return this.#sockets.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Writes the same bytes for as long as the other side reads. */
export function flood(socket: Socket, bytes: Buffer): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', write)
  write()
}

/** A frame as a server sends it, without a mask. */
export function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const header = Buffer.alloc(10)
  header.writeUInt8(first, 0)
  header.writeUInt8(127, 1)
  header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}
