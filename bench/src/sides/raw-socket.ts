import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

import { isCompressed } from '../flood.js'

/** A connection of `ws` as its own documentation opens it. */
export class RawSocket implements AsyncDisposable {
  readonly socket: WebSocket
  /** What it writes to. */
  readonly tcp: Duplex

  private constructor(socket: WebSocket, tcp: Duplex) {
    this.socket = socket
    this.tcp = tcp
  }

  static async open(url: string): Promise<RawSocket> {
    // As plugins connect: without compression, unless it is what is measured.
    const socket = new WebSocket(url, { perMessageDeflate: isCompressed(url) })
    const upgrade = once(socket, 'upgrade') as Promise<[IncomingMessage]>
    await once(socket, 'open')
    const [{ socket: tcp }] = await upgrade
    return new RawSocket(socket, tcp)
  }

  /** Says "go", and hands out messages until one of them ends the run. */
  async run<T>(
    onMessage: (data: Buffer, isBinary: boolean, resolve: (result: T) => void) => void,
  ): Promise<T> {
    const { socket } = this
    try {
      return await new Promise<T>((resolve, reject) => {
        // `ws` hands out Buffers unless told otherwise.
        socket.on('message', (data: Buffer, isBinary) => onMessage(data, isBinary, resolve))
        socket.on('close', (code, reason) => reject(new Error(`closed: ${code} ${String(reason)}`)))
        socket.on('error', reject)
        socket.send('go')
      })
    } finally {
      socket.removeAllListeners()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.socket, 'close')
    this.socket.close()
    await closed
  }
}
