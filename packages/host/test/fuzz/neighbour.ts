import { directLayer, GuestMemory } from '../../src/bridge/direct.js'
import { EntryExports } from '../../src/bridge/entry-exports.js'
import type { CallContext } from '../../src/bridge/sdk.js'
import { Session } from '../../src/session/session.js'
import { sessionSettings } from '../session-settings.js'

/** Another session of the process, with one open socket to an echo server. */
export class Neighbour implements AsyncDisposable {
  readonly #session: Session
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #call: (name: string, ...args: number[]) => number
  #sent = 0

  private constructor(origin: string) {
    this.#session = new Session(sessionSettings([origin]))
    const memory = new GuestMemory()
    memory.set(this.#memory)
    const layer = directLayer(this.#session, memory, new EntryExports(memory))
    const functions = layer as Record<string, (context: CallContext, ...args: number[]) => unknown>
    const context: CallContext = { read: () => null, store: () => 0n, alloc: () => 0n }
    this.#call = (name, ...args) => Number(functions[`ws_direct_${name}`]?.(context, ...args))
  }

  static async connect(origin: string): Promise<Neighbour> {
    const neighbour = new Neighbour(origin)
    const length = neighbour.#write(`${origin}/echo`)
    neighbour.#call('connect', 0, length)
    // The open event.
    await neighbour.#next()
    return neighbour
  }

  /** Sends, and takes what comes back: exactly that. */
  async echo(): Promise<boolean> {
    const text = `number ${++this.#sent}`
    if (this.#call('send', 1, 1, 0, this.#write(text)) !== 0) return false
    return (await this.#next()) === text
  }

  /** The payload of the next event; there is none besides it. */
  async #next(): Promise<string> {
    let size = 0
    while (size === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      size = this.#call('poll', 0, 0, 4096)
    }
    const length = new DataView(this.#memory.buffer).getUint32(12, true)
    const one = Math.ceil((16 + length) / 8) * 8 === size
    const payload = new Uint8Array(this.#memory.buffer, 16, length)
    return one ? new TextDecoder().decode(payload) : 'more than one event'
  }

  #write(text: string): number {
    const bytes = new TextEncoder().encode(text)
    new Uint8Array(this.#memory.buffer).set(bytes)
    return bytes.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.dispose()
  }
}
