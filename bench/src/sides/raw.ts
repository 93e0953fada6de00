import { once } from 'node:events'

import { filling } from '../filling.js'
import { look } from '../look.js'
import { inTurn, mostBuffered } from '../sending.js'
import type { Client, ClientSide, Outgoing } from './client.js'
import { RawSocket } from './raw-socket.js'

/** `ws` as its own documentation uses it: the code that a host without plugins would have. */
export const rawSide: ClientSide = {
  name: 'raw ws',
  open: async (url) => new RawClient(await RawSocket.open(url)),
}

/** The same, with what people rarely do by hand: what is sent at once is written at once. */
export const corkedSide: ClientSide = {
  name: 'raw ws corked',
  open: async (url) => new CorkedClient(await RawSocket.open(url)),
}

class RawClient implements Client {
  protected readonly raw: RawSocket

  constructor(raw: RawSocket) {
    this.raw = raw
  }

  flood(count: number): Promise<number> {
    let left = count
    let sum = 0
    return this.raw.run((data, isBinary, resolve: (sum: number) => void) => {
      sum += look(isBinary ? data : String(data))
      if (--left === 0) resolve(sum)
    })
  }

  echo(): Promise<string> {
    const { socket } = this.raw
    return this.raw.run((data, isBinary, resolve: (text: string) => void) => {
      if (isBinary) socket.send(data)
      else resolve(String(data))
    })
  }

  async send({ count, size, kind }: Outgoing): Promise<number> {
    const { socket } = this.raw
    const message = kind === 'text' ? filling.repeat(size) : Buffer.alloc(size, filling)
    const answer = once(socket, 'message')
    for (let left = count; left > 0; left -= inTurn(size)) {
      this.sendAtOnce(message, Math.min(left, inTurn(size)))
      while (socket.bufferedAmount > mostBuffered) await new Promise(setImmediate)
      await new Promise(setImmediate)
    }
    return Number(String((await answer)[0]))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.raw[Symbol.asyncDispose]()
  }

  protected sendAtOnce(message: string | Buffer, count: number): void {
    for (let left = count; left > 0; left--) this.raw.socket.send(message)
  }
}

class CorkedClient extends RawClient {
  override echo(): Promise<string> {
    const { socket, tcp } = this.raw
    let corked = false
    const uncork = (): void => {
      corked = false
      tcp.uncork()
    }
    return this.raw.run((data, isBinary, resolve: (text: string) => void) => {
      if (!isBinary) return resolve(String(data))
      if (!corked) {
        corked = true
        tcp.cork()
        // When all messages of what was read have had their turn.
        process.nextTick(uncork)
      }
      socket.send(data)
    })
  }

  protected override sendAtOnce(message: string | Buffer, count: number): void {
    this.raw.tcp.cork()
    super.sendAtOnce(message, count)
    this.raw.tcp.uncork()
  }
}
