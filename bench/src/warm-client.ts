import { echoUrl, type Echo } from './echo.js'
import { floodUrl, type Flood } from './flood.js'
import { moduleOf } from './plugins.js'
import { scaled } from './row.js'
import type { Client } from './sides/client.js'
import { pluginSides } from './sides/plugin.js'
import { rawSide } from './sides/raw.js'
import { sdk } from './sides/sdk.js'

const fullMessages = 60_000
const fullTrips = 2000

/**
 * The module of plugins/client.ts, once it has run for a while: V8 optimises the interpreter only after some
 * tens of thousands of messages, and `ws` on either side earlier. One plugin of it stays open, since V8 forgets
 * a module's code with its last instance; each row would have to warm up for as long again.
 */
export class WarmClient implements AsyncDisposable {
  readonly #origin: string
  readonly #effort: number
  readonly #kept: Client[] = []
  #module: Promise<Uint8Array> | undefined

  constructor(origin: string, effort: number) {
    this.#origin = origin
    this.#effort = effort
  }

  /** Warms up when it is first asked for. */
  module(): Promise<Uint8Array> {
    this.#module ??= this.#warmUp()
    return this.#module
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#kept.map((client) => client[Symbol.asyncDispose]()))
  }

  async #warmUp(): Promise<Uint8Array> {
    const module = await moduleOf('client')
    const sides = [rawSide, ...pluginSides(module, sdk)]
    const binary: Flood = {
      count: scaled(fullMessages, this.#effort),
      size: 64,
      kind: 'binary',
      sender: 'frames',
    }
    const echo: Echo = { count: scaled(fullTrips, this.#effort), size: 64, batch: 1 }
    for (const side of sides) {
      for (const flood of [binary, { ...binary, kind: 'text' } as const]) {
        const client = await this.#open(side.open(floodUrl(this.#origin, flood)))
        await client.flood(flood.count)
      }
      const client = await this.#open(side.open(echoUrl(this.#origin, echo)))
      await client.echo(echo.count)
    }
    return module
  }

  async #open(opening: Promise<Client>): Promise<Client> {
    const client = await opening
    this.#kept.push(client)
    return client
  }
}
