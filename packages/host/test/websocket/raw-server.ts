import { createHash } from 'node:crypto'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const text = (payload: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, payload.length]), Buffer.from(payload)])

/** What the server writes behind its handshake, byte by byte; `end` closes TCP after it. */
const behaviours: Record<string, { frames: readonly Buffer[]; end?: boolean }> = {
  '/invalid-utf8': { frames: [Buffer.from([0x81, 0x01, 0xff])] },
  '/reason-not-utf8': { frames: [Buffer.from([0x88, 0x03, 0x03, 0xe8, 0xff])] },
  '/close-1005': { frames: [Buffer.from([0x88, 0x02, 0x03, 0xed])] },
  '/close-999': { frames: [Buffer.from([0x88, 0x02, 0x03, 0xe7])] },
  '/close-one-byte': { frames: [Buffer.from([0x88, 0x01, 0x03])] },
  '/too-big': { frames: [Buffer.from([0x82, 0x7f, 0, 0, 1, 0, 0, 0, 0, 0])] },
  '/masked': { frames: [Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x40])] },
  '/reserved-bits': { frames: [Buffer.from([0xf1, 0x01, 0x61])] },
  '/unknown-opcode': { frames: [Buffer.from([0x83, 0x00])] },
  '/stray-continuation': { frames: [Buffer.from([0x80, 0x00])] },
  '/long-ping': { frames: [Buffer.from([0x89, 0x7e, 0, 126])] },
  '/drop': { frames: [text('last words')], end: true },
  '/half-a-frame': { frames: [Buffer.from([0x82, 0x05, 1, 2])], end: true },
  '/fragments': {
    frames: [
      Buffer.from([0x01, 0x03, 0x68, 0x65, 0x6c]),
      Buffer.from([0x89, 0x01, 0x21]),
      Buffer.from([0x80, 0x02, 0x6c, 0x6f]),
    ],
  },
  '/bom': { frames: [Buffer.from([0x81, 0x04, 0xef, 0xbb, 0xbf, 0x61])], end: true },
  '/reason-with-bom': {
    frames: [Buffer.from([0x88, 0x06, 0x03, 0xe8, 0xef, 0xbb, 0xbf, 0x61])],
    end: true,
  },
  '/silent': { frames: [] },
}

/** Answers of opening handshakes that are none; `KEY` stands for the right Sec-WebSocket-Accept. */
const handshakes: Record<string, string> = {
  '/half-a-handshake': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso',
  '/wrong-key':
    '101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: d3Jvbmc=\r\n\r\n',
  '/no-upgrade':
    '101 Switching Protocols\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n',
  '/unwanted-protocol':
    '101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: KEY\r\nSec-WebSocket-Protocol: other\r\n\r\n',
  '/unwanted-extension':
    '101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Accept: KEY\r\nSec-WebSocket-Extensions: x-other\r\n\r\n',
  '/redirect': '302 Found\r\nLocation: ws://127.0.0.1/\r\nContent-Length: 0\r\n\r\n',
  '/forbidden': '403 Forbidden\r\nContent-Length: 0\r\n\r\n',
}

/** A TCP server that writes what no WebSocket server would. */
export class RawServer implements AsyncDisposable {
  /** Close codes of the close frames that clients sent, by path. */
  readonly closeCodes = new Map<string, number>()
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {}).once('close', () => this.#sockets.delete(socket))
      socket.once('data', (head) => this.#answer(socket, head.toString('latin1')))
    })
  }

  static async start(): Promise<RawServer> {
    const server = new RawServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get origin(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(socket: Socket, head: string): void {
    const path = /^GET (\S+)/.exec(head)?.[1] ?? ''
    const key = /^sec-websocket-key: (.+)\r$/im.exec(head)?.[1] ?? ''
    const accept = createHash('sha1').update(`${key}${magic}`).digest('base64')
    const odd = handshakes[path]
    if (odd !== undefined) {
      const status = odd.startsWith('HTTP') ? odd : `HTTP/1.1 ${odd}`
      socket.end(status.replace('KEY', accept))
      return
    }
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    const { frames = [], end = false } = behaviours[path] ?? {}
    for (const frame of frames) socket.write(frame)
    if (end) socket.end()
    socket.on('data', (data) => this.#read(socket, path, data))
  }

  /** The client's close frame, which it masks; TCP is closed after it. */
  #read(socket: Socket, path: string, data: Buffer): void {
    if (data[0] !== 0x88) return
    if (((data[1] ?? 0) & 0x7f) >= 2) {
      this.closeCodes.set(path, data.readUInt16BE(6) ^ data.readUInt16BE(2))
    }
    socket.end()
  }
}
