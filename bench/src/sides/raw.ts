import { once } from 'node:events'
import { WebSocket, type RawData } from 'ws'

import type { Client, ClientSide } from './client.js'

/** `ws` as its own documentation uses it: the code that a host without plugins would have. */
export const rawSide: ClientSide = { name: 'raw ws', open: (url) => RawClient.open(url) }

class RawClient implements Client {
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  static async open(url: string): Promise<RawClient> {
    // Without compression, as plugins connect.
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new RawClient(socket)
  }

  flood(count: number): Promise<number> {
    let left = count
    let sum = 0
    return this.#run((data, isBinary, resolve: (sum: number) => void) => {
      if (isBinary) {
        const bytes = data as Buffer // `ws` hands out Buffers unless told otherwise
        sum += bytes.length + (bytes[0] ?? 0)
      } else {
        const text = String(data)
        sum += text.length + text.charCodeAt(0)
      }
      if (--left === 0) resolve(sum)
    })
  }

  echo(): Promise<string> {
    return this.#run((data, isBinary, resolve: (text: string) => void) => {
      if (isBinary) this.#socket.send(data)
      else resolve(String(data))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  async #run<T>(
    onMessage: (data: RawData, isBinary: boolean, resolve: (result: T) => void) => void,
  ): Promise<T> {
    const socket = this.#socket
    try {
      return await new Promise<T>((resolve, reject) => {
        socket.on('message', (data, isBinary) => onMessage(data, isBinary, resolve))
        socket.on('close', (code, reason) => reject(new Error(`closed: ${code} ${String(reason)}`)))
        socket.on('error', reject)
        socket.send('go')
      })
    } finally {
      socket.removeAllListeners()
    }
  }
}
