import WebSocket from 'ws'

import type { AutomaticMessages } from './automatic-messages.js'
import type { ConnectionSettings } from './settings.js'
import { defaultHeartbeat, Heartbeat } from './heartbeat.js'
import { Lifetime } from './lifetime.js'

/** What is known of a connection that is open. */
export interface OpenFacts {
  readonly ws: WebSocket
  /** Bytes that came over TCP, if that is known. */
  bytesRead(): number | undefined
  pongs(): number
  messagesReceived(): number
  messagesSent(): number
  /** Whether no sign of life can be expected at present. */
  paused(): boolean
  /** Sends a text, unless too much is unsent already. */
  say(text: Buffer): void
  /** The peer did not answer. */
  dead(timeoutMs: number, what: string): void
  /** It is used for nothing, or too old. */
  over(limit: 'idleTimeoutMs' | 'lifetimeMs'): void
}

/** What is done for an open connection at intervals: pings, keep-alives, and looking at its age. */
export class Upkeep {
  readonly #heartbeat: Heartbeat | undefined
  readonly #keepAlive: Heartbeat | undefined
  readonly #lifetime: Lifetime

  constructor(
    facts: OpenFacts,
    settings: ConnectionSettings,
    automatic: AutomaticMessages | undefined,
  ) {
    this.#heartbeat = pings(facts, settings)
    this.#keepAlive = keepAlives(facts, settings, automatic)
    this.#lifetime = new Lifetime(
      settings.limits,
      () => facts.messagesReceived() + facts.messagesSent(),
      (limit) => facts.over(limit),
    )
  }

  stop(): void {
    this.#heartbeat?.stop()
    this.#keepAlive?.stop()
    this.#lifetime.stop()
  }
}

function pings(
  facts: OpenFacts,
  { heartbeat, counters }: ConnectionSettings,
): Heartbeat | undefined {
  if (heartbeat === undefined) return undefined
  const ask = (): void => {
    if (facts.ws.readyState !== WebSocket.OPEN) return
    counters.pingsSent++
    facts.ws.ping()
  }
  // Whatever comes is a sign of life.
  const signs = (): number => facts.bytesRead() ?? facts.pongs() + facts.messagesReceived()
  const dead = (): void => facts.dead(heartbeat.timeoutMs, 'a ping')
  return new Heartbeat({ ask, signs, paused: () => facts.paused(), dead }, heartbeat)
}

function keepAlives(
  facts: OpenFacts,
  { automatic: { keepAlive }, heartbeat = defaultHeartbeat, counters }: ConnectionSettings,
  automatic: AutomaticMessages | undefined,
): Heartbeat | undefined {
  const request = automatic?.request
  if (automatic === undefined || request === undefined || keepAlive === undefined) return undefined
  const { intervalMs, timeoutMs = heartbeat.timeoutMs } = keepAlive
  const ask = (): void => {
    if (facts.ws.readyState !== WebSocket.OPEN) return
    counters.pingsSent++
    facts.say(request)
  }
  const signs = (): number =>
    automatic.expectsAnswer ? automatic.answered : facts.messagesReceived()
  const dead = (): void => facts.dead(timeoutMs, 'a keep-alive request')
  return new Heartbeat(
    { ask, signs, paused: () => facts.paused(), dead },
    { intervalMs, timeoutMs },
  )
}
