import { filling } from '../filling.js'
import { look } from '../look.js'
import { inTurn, mostBuffered } from '../sending.js'
import type { Client, ClientSide, Outgoing } from './client.js'

/** The global WebSocket of Node, which Node 20 has only with --experimental-websocket. */
export const undiciSides: readonly ClientSide[] =
  typeof WebSocket === 'function'
    ? [{ name: 'WebSocket of Node', open: (url) => UndiciClient.open(url) }]
    : []

class UndiciClient implements Client {
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  static async open(url: string): Promise<UndiciClient> {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
    })
    return new UndiciClient(socket)
  }

  flood(count: number): Promise<number> {
    let left = count
    let sum = 0
    return this.#run((data, resolve: (sum: number) => void) => {
      // A Buffer, whose search is much faster than a Uint8Array's.
      sum += look(typeof data === 'string' ? data : Buffer.from(data))
      if (--left === 0) resolve(sum)
    })
  }

  echo(): Promise<string> {
    return this.#run((data, resolve: (text: string) => void) => {
      if (typeof data === 'string') resolve(data)
      else this.#socket.send(data)
    })
  }

  async send({ count, size, kind }: Outgoing): Promise<number> {
    const socket = this.#socket
    const message = kind === 'text' ? filling.repeat(size) : Buffer.alloc(size, filling)
    const answer = new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => resolve(String(data))
    })
    for (let left = count; left > 0; left -= inTurn(size)) {
      for (let i = Math.min(left, inTurn(size)); i > 0; i--) socket.send(message)
      do await new Promise(setImmediate)
      while (socket.bufferedAmount > mostBuffered)
    }
    return Number(await answer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => {
      this.#socket.onclose = resolve
    })
    this.#socket.close()
    await closed
  }

  #run<T>(
    onMessage: (data: string | ArrayBuffer, resolve: (result: T) => void) => void,
  ): Promise<T> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      socket.onclose = ({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`))
      socket.onmessage = ({ data }) => onMessage(data as string | ArrayBuffer, resolve)
      socket.send('go')
    })
  }
}
