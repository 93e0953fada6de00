import { CloseCode } from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import WebSocket, { type RawData } from 'ws'

import { defaultHeartbeat, Heartbeat } from '../connection/heartbeat.js'
import { RateMeter } from '../connection/rate-meter.js'
import { messageData } from '../connection/transport.js'
import { defaultLimits } from '../limits.js'
import type { Payload } from '../pieces.js'
import { timerDelay } from '../timer-delay.js'

/** Bounds of connections that are opened before somebody asks for them. */
export interface WarmOptions {
  /** How many are kept ready for the same URL, subprotocols, headers and limits. Default: 1. */
  readonly each: number
  /** How many there may be in all. Default: 64. */
  readonly connections: number
  /** How long one waits to be asked for, in milliseconds. Default: 60,000. */
  readonly idleMs: number
}

export const defaultWarm: WarmOptions = { each: 1, connections: 64, idleMs: 60_000 }

/** What a warm connection may be sent before anyone listens; then the host stops reading. */
const mostEarly = { messages: 64, bytes: 2 ** 20 }

/** What that may come to with messages that were read by then, which may have been compressed. */
const mostHeld = 32 * 2 ** 20

/** A connection that is open, and what came over it so far. */
export interface OpenConnection {
  readonly ws: WebSocket
  readonly tcp: Duplex | undefined
  readonly early: readonly { readonly data: Payload; readonly isBinary: boolean }[]
}

/** What counts connections. */
interface Count {
  acquire(): void
  release(): void
}

/** Connections that nobody has asked for yet. Each is handed out once, to one plugin, and never comes back. */
export class Warm {
  readonly #count: Count
  readonly #options: WarmOptions
  readonly #waiting = new Map<string, WarmConnection[]>()
  #size = 0
  #closed = false

  constructor(count: Count, options: WarmOptions) {
    this.#count = count
    this.#options = options
  }

  /** Connections that wait, those that still connect included. */
  get size(): number {
    return this.#size
  }

  /** One that is open, which is the caller's from here on. */
  take(key: string): OpenConnection | undefined {
    const found = this.#waiting.get(key)?.find(({ open }) => open)
    return found?.handOver()
  }

  /** Sees to it that there are as many as there should be. */
  want(key: string, open: () => WebSocket): void {
    const { each, connections } = this.#options
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.set(key, waiting)
    while (waiting.length < each && this.#size < connections && !this.#closed) {
      try {
        this.#count.acquire()
      } catch {
        // The host has as many sockets as it may have: warm ones are the last to get one.
        break
      }
      let one: WarmConnection
      try {
        one = new WarmConnection(open(), this.#options.idleMs)
      } catch {
        this.#count.release()
        break
      }
      this.#size++
      waiting.push(one)
      one.onGone = () => {
        this.#size--
        this.#count.release()
        waiting.splice(waiting.indexOf(one), 1)
        if (waiting.length === 0) this.#waiting.delete(key)
      }
    }
    if (waiting.length === 0) this.#waiting.delete(key)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#waiting.values()].flat().map((one) => one.close()))
  }
}

class WarmConnection {
  /** Called once, when it is handed over or has ended. */
  onGone: () => void = () => {}
  readonly #ws: WebSocket
  readonly #early: { data: Payload; isBinary: boolean }[] = []
  readonly #idle: NodeJS.Timeout
  readonly #heartbeat: Heartbeat
  #tcp: Duplex | undefined
  readonly #pings = new RateMeter(defaultLimits.pingsPerSecond, 1000)
  #earlyBytes = 0
  #pongs = 0
  #gone = false

  constructor(ws: WebSocket, idleMs: number) {
    this.#ws = ws
    this.#idle = setTimeout(() => void this.close(), timerDelay(idleMs))
    // Nobody is kept waiting by it.
    this.#idle.unref()
    this.#heartbeat = new Heartbeat(
      {
        ask: () => this.open && this.#ws.ping(),
        signs: () => this.#pongs,
        paused: () => !this.open || this.#ws.isPaused,
        dead: () => this.#ws.terminate(),
      },
      defaultHeartbeat,
    )
    ws.on('upgrade', ({ socket }) => {
      this.#tcp = socket
    })
    ws.on('message', this.#keep)
    ws.on('pong', this.#pong)
    ws.on('ping', this.#answer)
    ws.on('error', this.#ignore)
    ws.on('close', this.#leave)
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  handOver(): OpenConnection {
    const ws = this.#ws
    ws.off('message', this.#keep)
    ws.off('pong', this.#pong)
    ws.off('ping', this.#answer)
    ws.off('error', this.#ignore)
    ws.off('close', this.#leave)
    this.#leave()
    return { ws, tcp: this.#tcp, early: this.#early }
  }

  /** Resolves when it has ended. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#ws.once('close', resolve))
    // Nobody wants what comes yet, but for the answer to the close frame.
    this.#ws.off('message', this.#keep)
    this.#ws.resume()
    if (this.open) this.#ws.close(CloseCode.normal)
    else this.#ws.terminate()
    await ended
  }

  #keep = (data: RawData, isBinary: boolean): void => {
    const message = messageData(data)
    if (this.#ws.isPaused && this.#earlyBytes + message.length > mostHeld) {
      this.#ws.off('message', this.#keep)
      return this.#ws.terminate()
    }
    this.#early.push({ data: message, isBinary })
    this.#earlyBytes += message.length
    const { messages, bytes } = mostEarly
    if (this.#early.length >= messages || this.#earlyBytes >= bytes) this.#ws.pause()
  }

  #pong = (): void => void this.#pongs++

  #answer = (data: Buffer): void => {
    if (this.#pings.exceeds(1)) this.#ws.terminate()
    else if (this.open && this.#ws.bufferedAmount === 0) this.#ws.pong(data)
  }

  #ignore = (): void => {}

  #leave = (): void => {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#idle)
    this.#heartbeat.stop()
    this.onGone()
  }
}
