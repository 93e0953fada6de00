import type { Plugin } from '@extism-ws/host'

import { look } from '../look.js'
import { moduleOf } from '../plugins.js'
import { pluginIn } from './modes.js'
import { RawSocket } from './raw-socket.js'

/** Many sockets that are flooded at the same time. */
export interface Crowd extends AsyncDisposable {
  /** Asks all for their floods, and reads `count` messages of each; answers the sum of what `look` saw. */
  flood(count: number): Promise<number>
}

export async function rawCrowd(url: string, sockets: number): Promise<Crowd> {
  const raws = await Promise.all(Array.from({ length: sockets }, () => RawSocket.open(url)))
  return {
    async flood(count) {
      const sums = raws.map((raw) => {
        let left = count
        let sum = 0
        return raw.run((data, _isBinary, resolve: (sum: number) => void) => {
          sum += look(data)
          if (--left === 0) resolve(sum)
        })
      })
      return total(await Promise.all(sums))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(raws.map((raw) => raw[Symbol.asyncDispose]()))
    },
  }
}

/** So many plugins with so many sockets each. */
export async function pluginCrowd(url: string, plugins: number, sockets: number): Promise<Crowd> {
  const module = await moduleOf('many')
  const { origin } = new URL(url)
  const opened: Plugin[] = []
  for (let left = plugins; left > 0; left--) {
    const plugin = await pluginIn('event', module, { sockets: { allow: [origin], sockets } })
    opened.push(plugin)
    await plugin.call('open', `${url} ${sockets}`)
  }
  return {
    async flood(count) {
      const outputs = opened.map((plugin) => plugin.call('flood', count * sockets))
      return total((await Promise.all(outputs)).map((output) => Number(output?.text())))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((plugin) => plugin.close()))
    },
  }
}

function total(sums: readonly number[]): number {
  return sums.reduce((all, sum) => all + sum, 0)
}
