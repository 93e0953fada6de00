import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, type RawData } from 'ws'

import { filling } from '../filling.js'
import { look } from '../look.js'
import type { Client, ClientSide } from './client.js'

/** `ws` as its own documentation uses it: the code that a host without plugins would have. */
export const rawSide: ClientSide = { name: 'raw ws', open: (url) => RawClient.open(url, false) }

/** The same, with what people rarely do by hand: what is sent at once is written at once. */
export const corkedSide: ClientSide = {
  name: 'raw ws corked',
  open: (url) => RawClient.open(url, true),
}

/** What is sent before others get their turn. */
const batch = 500
const mostBuffered = 2 ** 20

class RawClient implements Client {
  readonly #socket: WebSocket
  readonly #tcp: Duplex
  readonly #corked: boolean

  private constructor(socket: WebSocket, tcp: Duplex, corked: boolean) {
    this.#socket = socket
    this.#tcp = tcp
    this.#corked = corked
  }

  static async open(url: string, corked: boolean): Promise<RawClient> {
    // Without compression, as plugins connect.
    const socket = new WebSocket(url, { perMessageDeflate: false })
    const upgrade = once(socket, 'upgrade') as Promise<[IncomingMessage]>
    await once(socket, 'open')
    const [{ socket: tcp }] = await upgrade
    return new RawClient(socket, tcp, corked)
  }

  async send(count: number, size: number): Promise<number> {
    const message = Buffer.alloc(size, filling)
    const answer = once(this.#socket, 'message')
    for (let left = count; left > 0; left -= batch) {
      if (this.#corked) this.#tcp.cork()
      for (let i = Math.min(left, batch); i > 0; i--) this.#socket.send(message)
      if (this.#corked) this.#tcp.uncork()
      while (this.#socket.bufferedAmount > mostBuffered) await new Promise(setImmediate)
      await new Promise(setImmediate)
    }
    return Number(String((await answer)[0]))
  }

  flood(count: number): Promise<number> {
    let left = count
    let sum = 0
    return this.#run((data, isBinary, resolve: (sum: number) => void) => {
      // `ws` hands out Buffers unless told otherwise.
      sum += look(isBinary ? (data as Buffer) : String(data))
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
