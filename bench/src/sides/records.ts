import { decode } from '@msgpack/msgpack'

import { moduleOf } from '../plugins.js'
import type { Format } from '../record-flood.js'
import { addUp, type Trade } from '../records.js'
import type { ClientSide } from './client.js'
import { pluginIn } from './modes.js'
import { RawSocket } from './raw-socket.js'

/** A connection to a server of trades. */
export interface TradeReader extends AsyncDisposable {
  /** Asks for `count` trades; answers what they add up to. */
  read(count: number): Promise<number>
}

const parsers: Record<Format, (data: Buffer) => Trade> = {
  json: (data) => JSON.parse(String(data)) as Trade,
  msgpack: (data) => decode(data) as Trade,
}

/** `ws`, and what one would parse its messages with. */
export function rawReader(name: string, format: Format): ClientSide<TradeReader> {
  const parse = parsers[format]
  return {
    name,
    open: async (url) => {
      const raw = await RawSocket.open(url)
      return {
        read(count) {
          let left = count
          let sum = 0
          return raw.run((data, _isBinary, resolve: (sum: number) => void) => {
            sum += addUp(parse(data))
            if (--left === 0) resolve(sum)
          })
        },
        [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
      }
    },
  }
}

/** plugins/records.ts, whose exports end in the codec. */
export function pluginReader(name: string, codec: 'Json' | 'Msgpack'): ClientSide<TradeReader> {
  return {
    name,
    open: async (url) => {
      const module = await moduleOf('records')
      const plugin = await pluginIn('event', module, { sockets: { allow: [new URL(url).origin] } })
      await plugin.call(`open${codec}`, url)
      return {
        read: async (count) => Number((await plugin.call(`read${codec}`, count))?.text()),
        [Symbol.asyncDispose]: () => plugin.close(),
      }
    },
  }
}
