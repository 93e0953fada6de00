// FROZEN, as obvious.ts is.

import { once } from 'node:events'
import type { CallContext } from 'extism-rc'
import { WebSocket } from 'ws'

import type { Stalls } from './stalls.js'

/** A connection, and what has arrived that nobody has asked for. */
class ObviousSocket {
  readonly socket: WebSocket
  readonly #arrived: Buffer[] = []
  #wake = (): void => {}
  #ended = false

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.on('message', (data: Buffer) => {
      this.#arrived.push(data)
      this.#wake()
    })
    this.socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  async receive(): Promise<Buffer | undefined> {
    while (this.#arrived.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#arrived.shift()
  }
}

/** The sockets of one plugin, and the host functions by which it has them. */
export class ObviousSockets {
  readonly #sockets: ObviousSocket[] = []
  readonly #stalls: Stalls

  constructor(stalls: Stalls) {
    this.#stalls = stalls
  }

  /** What goes to `createPlugin`, by namespace. */
  get functions() {
    return {
      'extism:host/user': {
        socket_connect: (context: CallContext, url: bigint) =>
          this.#measured(async () => {
            const opened = new ObviousSocket(context.read(url)?.text() ?? '')
            await once(opened.socket, 'open')
            return this.#sockets.push(opened) - 1
          }),
        socket_send: (context: CallContext, id: number, isText: number, data: bigint) =>
          this.#measured(async () => {
            const message = context.read(data)?.bytes() ?? new Uint8Array(0)
            this.#sockets[id]?.socket.send(message, { binary: isText === 0 })
          }),
        socket_receive: (context: CallContext, id: number) =>
          this.#measured(async () => {
            const message = await this.#sockets[id]?.receive()
            return message === undefined ? 0n : context.store(message)
          }),
        socket_close: (_context: CallContext, id: number) =>
          this.#measured(async () => {
            const socket = this.#sockets[id]?.socket
            if (socket === undefined) return
            const closed = once(socket, 'close')
            socket.close()
            await closed
          }),
      },
    }
  }

  /** Runs a host function; whatever is between two of them is the SDK's time and the plugin's. */
  async #measured<T>(run: () => Promise<T>): Promise<T> {
    this.#stalls.end()
    try {
      return await run()
    } finally {
      this.#stalls.start()
    }
  }
}
