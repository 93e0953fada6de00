import { createPlugin, type ExtismSdk, type Plugin } from '@extism-ws/host'

import type { Client, ClientSide } from './client.js'

/** The exports of plugins/client.ts end in the class that they use. */
type Api = 'WebSocket' | 'Socket'

/** The plugin with an `onmessage` handler, and the plugin with `for await` over a socket. */
export function pluginSides(module: Uint8Array, extism: ExtismSdk): ClientSide[] {
  const side = (name: string, api: Api): ClientSide => ({
    name,
    open: async (url) => {
      const plugin = await createPlugin(module, {
        extism,
        sockets: { allow: [new URL(url).origin] },
      })
      await plugin.call(`open${api}`, url)
      return new PluginClient(plugin, api)
    },
  })
  return [side('WebSocket', 'WebSocket'), side('for await', 'Socket')]
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

  async send(count: number, size: number): Promise<number> {
    const output = await this.#plugin.call(`send${this.#api}`, `${count} ${size}`)
    return Number(output?.text())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plugin.close()
  }
}
