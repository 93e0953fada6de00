import type { ExtismSdk, Mode, Plugin, PluginOptions } from '@extism-ws/host'

import { isCompressed } from '../flood.js'
import type { Client, ClientSide, Outgoing } from './client.js'
import { pluginIn } from './modes.js'

/** A way of reading messages that the guest library offers. */
interface Api {
  /** Its column's name. */
  readonly name: string
  /** What the exports of plugins/client.ts end in that read by it. */
  readonly reader: 'Callback' | 'WebSocket' | 'Socket' | 'Batch'
  /** What those end in that open it and send by it. */
  readonly socket: 'WebSocket' | 'Socket'
}

const webSocket: Api = { name: 'WebSocket', reader: 'WebSocket', socket: 'WebSocket' }
const apis: readonly Api[] = [
  { name: 'raw callback', reader: 'Callback', socket: 'Socket' },
  webSocket,
  { name: 'for await', reader: 'Socket', socket: 'Socket' },
  { name: 'batch', reader: 'Batch', socket: 'Socket' },
]

/** The plugin once with each way of reading. */
export function pluginSides(module: Uint8Array, extism: ExtismSdk): ClientSide[] {
  return apis.map((api) => side(api, module, 'event', { extism }))
}

/** The plugin once with each way of sending. */
export function sendingSides(module: Uint8Array): ClientSide[] {
  const connect: Api = { name: 'connect', reader: 'Socket', socket: 'Socket' }
  return [webSocket, connect].map((api) => side(api, module, 'event'))
}

/** The plugin with the class that most people know, in this mode. */
export function pluginSide(name: string, module: Uint8Array, mode: Mode): ClientSide {
  return side({ ...webSocket, name }, module, mode)
}

function side(api: Api, module: Uint8Array, mode: Mode, options: PluginOptions = {}): ClientSide {
  return {
    name: api.name,
    open: async (url) => {
      const sockets = { allow: [new URL(url).origin], perMessageDeflate: isCompressed(url) }
      const plugin = await pluginIn(mode, module, { ...options, sockets })
      await plugin.call(`open${api.socket}`, url)
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
    const output = await this.#plugin.call(`flood${this.#api.reader}`, count)
    return Number(output?.text())
  }

  async echo(): Promise<string> {
    const output = await this.#plugin.call(`echo${this.#api.reader}`)
    return output?.text() ?? ''
  }

  async send({ count, size, kind }: Outgoing): Promise<number> {
    const output = await this.#plugin.call(`send${this.#api.socket}`, `${count} ${size} ${kind}`)
    return Number(output?.text())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plugin.close()
  }
}
