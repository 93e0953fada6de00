// FROZEN. The bridge that somebody would write by following Extism's documentation: the SDK's own worker,
// in which host functions may be asynchronous, and messages as blocks of kernel memory. It is what this
// project is compared to: numbers of different days could not be compared if it changed, for the better or
// for the worse. It is written as well as its means allow: bytes are bytes (no base64, no JSON), every block
// is freed, `reset()` follows each call, without which calls become slower and fail in the end, and calls are
// short, also because one can have no more than 32,767 blocks.
//
// One thing its author cannot help: now and then the SDK wakes the wrong one of two that wait, and a host
// call takes 500 ms. These stalls are counted apart, and their time is no part of the rates.

import type { Plugin } from 'extism-rc'

import { interfaceOf, moduleOf } from '../plugins.js'
import type { Client, ClientSide, Outgoing } from './client.js'
import { ObviousSockets } from './obvious-sockets.js'
import { Stalls } from './stalls.js'

// Not by a static import: see sdk.ts.
const { createPlugin } = await import('extism-rc')

/** Of 10, 30, 100 and 400 the fastest: all blocks of a call go to and fro with each of its host calls. */
const messagesPerCall = 30

/** As many messages as the other sides have would take minutes. */
const share = 1 / 50

export const obviousSide: ClientSide = {
  name: 'obvious bridge',
  share,
  open: (url) => ObviousClient.open(url),
}

class ObviousClient implements Client {
  readonly #plugin: Plugin
  readonly #stalls: Stalls

  private constructor(plugin: Plugin, stalls: Stalls) {
    this.#plugin = plugin
    this.#stalls = stalls
  }

  static async open(url: string): Promise<ObviousClient> {
    const stalls = new Stalls()
    const { functions } = new ObviousSockets(stalls)
    const data = await moduleOf('obvious', { interface: interfaceOf('obvious') })
    const plugin = await createPlugin(
      { wasm: [{ data }] },
      { useWasi: true, runInWorker: true, functions },
    )
    const client = new ObviousClient(plugin, stalls)
    await client.#call('open', url)
    return client
  }

  async flood(count: number): Promise<number> {
    await this.#call('send', '1 0 1')
    let sum = 0
    await inCalls(count, async (part) => {
      sum += Number(await this.#call('flood', String(part)))
    })
    return sum
  }

  async echo(count: number): Promise<string> {
    await this.#call('send', '1 0 1')
    await inCalls(count, (part) => this.#call('echo', String(part)))
    return this.#call('receive')
  }

  async send({ count, size, kind }: Outgoing): Promise<number> {
    const isText = kind === 'text' ? 1 : 0
    await inCalls(count, (part) => this.#call('send', `${part} ${size} ${isText}`))
    return Number(await this.#call('receive'))
  }

  takeStalls() {
    return this.#stalls.take()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#call('close')
    await this.#plugin.close()
  }

  async #call(name: string, input?: string): Promise<string> {
    this.#stalls.start()
    const output = await this.#plugin.call(name, input)
    this.#stalls.end()
    const text = output?.text() ?? ''
    await this.#plugin.reset()
    return text
  }
}

/** Calls that together have `count` messages. */
async function inCalls(count: number, call: (part: number) => Promise<unknown>): Promise<void> {
  for (let left = count; left > 0; left -= messagesPerCall) {
    await call(Math.min(left, messagesPerCall))
  }
}
