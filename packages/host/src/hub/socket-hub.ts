import { EwsError } from '@extism-ws/protocol'

import { withDefaults } from '../limits.js'
import { Shared, type ShareOptions, defaultShare } from './shared.js'
import { Warm, type WarmOptions, defaultWarm } from './warm.js'

/** Bounds of what the plugins of one process have together. */
export interface HubOptions {
  /** Sockets that may be open or connecting at a time, warm and shared connections included. Default: 10,000. */
  readonly sockets?: number
  /** Of warm connections, which plugins get whose `sockets.warm` is set. */
  readonly warm?: Partial<WarmOptions>
  /** Of shared connections, which plugins have together whose `sockets.shared` is set. */
  readonly shared?: Partial<ShareOptions>
}

const defaultSockets = 10_000

/**
 * What plugins have together: a bound on their sockets, connections that are open before they are asked
 * for, and connections that several plugins listen to.
 *
 * Plugins that name none have one hub together.
 */
export class SocketHub implements AsyncDisposable {
  /** @internal */
  readonly warm: Warm
  /** @internal */
  readonly shared: Shared
  readonly #most: number
  #count = 0

  /** @throws {TypeError} for a bound that is not a positive, finite number. */
  constructor({ sockets, warm = {}, shared = {} }: HubOptions = {}) {
    const bounds = withDefaults(
      'hub',
      { sockets: defaultSockets },
      sockets === undefined ? {} : { sockets },
    )
    this.#most = bounds.sockets
    this.warm = new Warm(this, withDefaults('hub.warm', { ...defaultWarm }, warm))
    this.shared = new Shared(this, withDefaults('hub.shared', { ...defaultShare }, shared))
  }

  /** Sockets of all plugins, with warm and shared connections. */
  get sockets(): number {
    return this.#count
  }

  /**
   * Counts one socket more.
   *
   * @internal
   * @throws {EwsError} `EWS_LIMIT` when there are as many as there may be.
   */
  acquire(): void {
    if (this.#count >= this.#most) {
      throw new EwsError(
        'EWS_LIMIT',
        `the plugins of this host have ${this.#count} sockets, its SocketHub allows ${this.#most} (sockets)`,
      )
    }
    this.#count++
  }

  /** @internal */
  release(): void {
    this.#count--
  }

  /** Closes warm connections, and shared ones with their listeners. Plugins keep their other sockets. */
  async close(): Promise<void> {
    await Promise.all([this.warm.close(), this.shared.close()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
