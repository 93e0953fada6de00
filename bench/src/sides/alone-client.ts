import { recordHeaderBytes } from '@extism-ws/protocol'

import { messageBlock, type AloneGuest } from './alone.js'
import type { ClientSide, Echoing } from './client.js'
import { RawSocket } from './raw-socket.js'

/**
 * `ws` as the baseline uses it, with a guest between reading and sending and nothing of a host around that: what a round
 * trip through any plugin takes at least, on this machine and in the same run.
 */
export function aloneSide(guest: () => Promise<AloneGuest>, size: number): ClientSide<Echoing> {
  return {
    name: 'ws and a guest',
    open: async (url) => new AloneClient(await RawSocket.open(url), await guest(), size),
  }
}

class AloneClient implements Echoing {
  readonly #raw: RawSocket
  readonly #guest: AloneGuest
  readonly #size: number

  constructor(raw: RawSocket, guest: AloneGuest, size: number) {
    this.#raw = raw
    this.#guest = guest
    this.#size = size
    const end = recordHeaderBytes + size
    guest.onSend = (records) => raw.socket.send(records.subarray(recordHeaderBytes, end))
  }

  echo(): Promise<string> {
    const { block, payload } = messageBlock(this.#size)
    return this.#raw.run((data, isBinary, resolve: (text: string) => void) => {
      if (!isBinary) return resolve(String(data))
      payload.set(data)
      this.#guest.deliver(block)
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#raw[Symbol.asyncDispose]()
  }
}
