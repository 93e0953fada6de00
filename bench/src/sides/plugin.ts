import type { ExtismSdk, Mode, Plugin, PluginOptions } from '@extism-ws/host'

import type { Client, ClientSide, Outgoing } from './client.js'
import { pluginIn } from './modes.js'

/** The exports of plugins/client.ts end in the API that they use. */
type Api = 'WebSocket' | 'Socket'

/** The names of their columns. */
const apis: readonly (readonly [string, Api])[] = [
  ['WebSocket', 'WebSocket'],
  ['for await', 'Socket'],
]

/** The plugin once with each API of the guest library. */
export function pluginSides(module: Uint8Array, extism: ExtismSdk): ClientSide[] {
  return apis.map(([name, api]) => side(name, api, module, 'event', { extism }))
}

/** The plugin with the class that most people know, in this mode. */
export function pluginSide(name: string, module: Uint8Array, mode: Mode): ClientSide {
  return side(name, 'WebSocket', module, mode)
}

function side(
  name: string,
  api: Api,
  module: Uint8Array,
  mode: Mode,
  options: PluginOptions = {},
): ClientSide {
  return {
    name,
    open: async (url) => {
      const sockets = { allow: [new URL(url).origin] }
      const plugin = await pluginIn(mode, module, { ...options, sockets })
      await plugin.call(`open${api}`, url)
      return new PluginClient(plugin, api)
    },
  }
}

class PluginClient implements Client {
  readonly #plugin: Plugin
  readonly #api: Api

  constructor(plugin: Plugin, api: Api) {
    this.#plugin = plugin
    this.#api = api
  }

  async flood(count: number): Promise<number> {
    const output = await this.#plugin.call(`flood${this.#api}`, count)
    return Number(output?.text())
  }

  async echo(): Promise<string> {
    const output = await this.#plugin.call(`echo${this.#api}`)
    return output?.text() ?? ''
  }

  async send({ count, size, kind }: Outgoing): Promise<number> {
    const output = await this.#plugin.call(`send${this.#api}`, `${count} ${size} ${kind}`)
    return Number(output?.text())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plugin.close()
  }
}
