import { CloseCode, EwsError, type Reconnected, type Reconnecting } from '@extism-ws/protocol'

import type {
  Opened,
  Transport,
  TransportListener,
  TransportState,
} from '../connection/transport.js'
import { Intake, type IntakeSettings } from '../connection/intake.js'
import type { Payload } from '../pieces.js'
import type { Feed, FeedListener } from './feed.js'

/** What one plugin's part of a shared connection needs. */
export interface SubscriptionSettings {
  readonly url: string
  /** Those of the plugin; what is sent and answered for it is the connection's. */
  readonly intake: Omit<IntakeSettings, 'automatic'>
  /** Finds the connection; may have to ask the integrator. */
  readonly find: (signal: AbortSignal) => Feed | Promise<Feed>
}

/** One plugin's part of a connection that several listen to. It listens only. */
export class Subscription implements Transport, FeedListener {
  readonly #settings: SubscriptionSettings
  readonly #listener: TransportListener
  readonly #intake: Intake
  readonly #abort = new AbortController()
  #feed: Feed | undefined
  #state: TransportState = 'connecting'
  #paused = false

  /** @throws as `find`, when nobody need be asked. */
  constructor(settings: SubscriptionSettings, listener: TransportListener) {
    this.#settings = settings
    this.#listener = listener
    const parts = {
      message: (kind: number, data: Payload) => listener.message(kind, data),
      say: () => {},
      pong: () => {},
      refuse: (why: string, code: number) => this.#refuse(why, code),
    }
    // Whoever opened the connection may have larger limits.
    this.#intake = new Intake({ ...settings.intake, automatic: {} }, parts, true)
    const feed = settings.find(this.#abort.signal)
    if (feed instanceof Promise) feed.then((found) => this.#join(found), this.#fail)
    else this.#join(feed)
  }

  get state(): TransportState {
    return this.#state
  }

  get protocol(): string {
    return this.#feed?.transport.protocol ?? ''
  }

  get extensions(): string {
    return this.#feed?.transport.extensions ?? ''
  }

  get bufferedAmount(): number {
    return 0
  }

  get sendRoom(): number {
    return 0
  }

  get certainRoom(): number {
    return 0
  }

  sendRun(): boolean {
    return false
  }

  send(): void {
    throw new EwsError(
      'EWS_DENIED',
      `the connection to ${this.#settings.url} is shared with other plugins, and takes no messages from ` +
        'one of them: name subscriptions in `reconnect.replay`, or connect without `shared`',
    )
  }

  whenDrained(): void {}

  close(code: number, reason: string): void {
    if (this.#state === 'closed') return
    const open = this.#state === 'open'
    this.#state = 'closing'
    this.#abort.abort()
    this.#feed?.leave(this)
    // There is no handshake: the connection goes on, or ends by itself.
    if (!open) return this.#end(CloseCode.abnormal, '', false)
    this.#end(code === 0 ? CloseCode.noStatus : code, reason, true)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    this.#feed?.pause(this, paused)
  }

  opened(about: Opened): void {
    this.#state = 'open'
    this.#listener.opened(about)
  }

  message(kind: number, data: Payload): boolean {
    this.#intake.message(kind, data)
    return !this.#paused
  }

  failed(error: EwsError): void {
    this.#listener.failed(error)
  }

  closed(code: number, reason: string, wasClean: boolean): void {
    this.#end(code, reason, wasClean)
  }

  reconnecting(about: Reconnecting): void {
    if (this.#state === 'open') this.#listener.reconnecting(about)
  }

  reconnected(about: Reconnected): void {
    if (this.#state === 'open') this.#listener.reconnected(about)
  }

  #join(feed: Feed): void {
    feed.join(this)
    // Given up while the integrator was asked: when it was opened for this one alone, it ends.
    if (this.#state !== 'connecting') return feed.leave(this)
    this.#feed = feed
    if (this.#paused) feed.pause(this, true)
  }

  #fail = (cause: unknown): void => {
    if (this.#state !== 'connecting') return
    const error = cause instanceof EwsError ? cause : new EwsError('EWS_CONNECT', String(cause))
    this.#listener.failed(error)
    this.#end(CloseCode.abnormal, '', false)
  }

  #refuse(why: string, code: number): void {
    const message = `${this.#settings.url}: ${why}; the connection is closed`
    this.#listener.failed(new EwsError('EWS_LIMIT', message))
    this.#feed?.leave(this)
    this.#end(code, '', false)
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#listener.closed(code, reason, wasClean)
  }
}
