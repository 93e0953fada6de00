import { CloseCode } from '@extism-ws/protocol'

import type { Payload } from '../pieces.js'
import { AutomaticMessages } from './automatic-messages.js'
import type { ConnectionSettings } from './settings.js'
import { RateMeter } from './rate-meter.js'

/** What bounds what comes, and counts it. */
export type IntakeSettings = Omit<ConnectionSettings, 'heartbeat' | 'deflate'>

/** What becomes of what the peer sends. */
export interface IntakeParts {
  /** It is the guest's. */
  message(kind: number, data: Payload): void
  /** Sends a text in the guest's place. */
  say(text: Buffer): void
  /** Answers a ping. */
  pong(data: Buffer): void
  /** It is more than there may be. */
  refuse(why: string, code: number): void
}

/** What comes over a connection: counted, and kept within bounds. */
export class Intake {
  /** Undefined when the guest asked for none. */
  readonly automatic: AutomaticMessages | undefined
  messages = 0
  pongs = 0
  readonly #settings: IntakeSettings
  readonly #parts: IntakeParts
  readonly #pings: RateMeter
  readonly #checksSize: boolean

  /** @param checksSize whether whoever reads the frames may know another bound of messages. */
  constructor(settings: IntakeSettings, parts: IntakeParts, checksSize: boolean) {
    this.#settings = settings
    this.#parts = parts
    this.#checksSize = checksSize
    const { keepAlive, autoAnswer } = settings.automatic
    const none = keepAlive === undefined && autoAnswer === undefined
    this.automatic = none ? undefined : new AutomaticMessages(settings.automatic)
    this.#pings = new RateMeter(settings.limits.pingsPerSecond, 1000)
  }

  message(kind: number, data: Payload): void {
    const { counters, received, limits } = this.#settings
    this.messages++
    counters.messagesReceived++
    counters.bytesReceived += data.length
    if (received.exceeds(data.length)) {
      return this.#parts.refuse(
        `more than ${limits.bytesPerSecond} bytes came within a second (sockets.bytesPerSecond)`,
        CloseCode.policyViolation,
      )
    }
    if (this.automatic?.takes(kind, data, this.#parts.say) === true) return
    if (this.#checksSize && data.length > limits.messageBytes) {
      return this.#parts.refuse(
        `a message of ${data.length} bytes came (sockets.messageBytes, or a quarter of memoryBytes: ${limits.messageBytes})`,
        CloseCode.messageTooBig,
      )
    }
    this.#parts.message(kind, data)
  }

  /** `ws` would answer each, into a buffer without bound. */
  ping(data: Buffer): void {
    if (!this.#pings.exceeds(1)) return this.#parts.pong(data)
    this.#parts.refuse(
      `more than ${this.#settings.limits.pingsPerSecond} pings came within a second (sockets.pingsPerSecond)`,
      CloseCode.policyViolation,
    )
  }

  pong(): void {
    this.pongs++
    this.#settings.counters.pongsReceived++
  }
}
