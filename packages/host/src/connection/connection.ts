import { CloseCode, type EwsError, Opcode } from '@extism-ws/protocol'
import type { Duplex } from 'node:stream'
import WebSocket from 'ws'

import {
  connectionError,
  deadError,
  lateError,
  overError,
  refusedError,
} from './connection-error.js'
import type { OpenConnection } from '../hub/warm.js'
import type { Dial } from './dial.js'
import type { MessageRun } from '../message-run.js'
import type { Payload } from '../pieces.js'
import { Intake } from './intake.js'
import { Outlet } from './outlet.js'
import type { ConnectionSettings } from './settings.js'
import { Surplus } from './surplus.js'
import {
  messageData,
  type Transport,
  type TransportListener,
  type TransportState,
} from './transport.js'
import { Upkeep } from './upkeep.js'

const states = ['connecting', 'open', 'closing', 'closed'] as const

/**
 * One connection: of `ws`, with its bounds, timeouts and heartbeat. Tells its listener of exactly one end,
 * whatever happened.
 */
export class Connection implements Transport {
  readonly #listener: TransportListener
  readonly #url: string
  readonly #settings: ConnectionSettings
  readonly #intake: Intake
  #dial: Dial | undefined
  #ws: WebSocket | undefined
  #outlet: Outlet | undefined
  #tcp: (Duplex & { bytesRead?: number }) | undefined
  /** Whether this host is the server's side. */
  readonly #isServer: boolean
  #opened = false
  #ended = false
  /** Told of an error: after it comes the end, and nothing else (docs/abi.md, section 3.3). */
  #faulty = false
  #paused = false
  readonly #surplus: Surplus
  #connecting: NodeJS.Timeout | undefined
  #upkeep: Upkeep | undefined

  private constructor(
    url: string,
    settings: ConnectionSettings,
    listener: TransportListener,
    isServer: boolean,
  ) {
    this.#url = url
    this.#settings = settings
    this.#listener = listener
    this.#isServer = isServer
    this.#surplus = new Surplus(settings.limits.messageBytes)
    const parts = {
      message: (kind: number, data: Payload) => listener.message(kind, data),
      say: this.#say,
      pong: (data: Buffer) => this.#outlet?.pong(data),
      refuse: (why: string, code: number) => this.#refuse(why, code),
    }
    // A server of the integrator's may have other limits.
    this.#intake = new Intake(settings, parts, isServer)
  }

  /**
   * Opens a connection; it is told of by events.
   *
   * @throws {EwsError} `EWS_BAD_REQUEST` for what `ws` does not take, when nobody need be asked first.
   */
  static open(dial: Dial, settings: ConnectionSettings, listener: TransportListener): Connection {
    const connection = new Connection(dial.url, settings, listener, false)
    connection.#start(dial)
    return connection
  }

  /** Takes over a connection that somebody opened to this host; it is open already. */
  static accept(
    ws: WebSocket,
    url: string,
    tcp: Duplex | undefined,
    settings: ConnectionSettings,
    listener: TransportListener,
  ): Connection {
    const connection = new Connection(url, settings, listener, true)
    connection.#tcp = tcp
    connection.#use(ws)
    connection.#begin(ws)
    return connection
  }

  get state(): TransportState {
    if (this.#ended) return 'closed'
    if (this.#ws === undefined) return 'connecting'
    const state = states[this.#ws.readyState]
    // Until the close event is told of.
    if (state === 'closed') return 'closing'
    // One that was open before is so for nobody until that is told of.
    return state === 'open' && !this.#opened ? 'connecting' : state
  }

  get protocol(): string {
    return this.#ws?.protocol ?? ''
  }

  get extensions(): string {
    return this.#ws?.extensions ?? ''
  }

  get bufferedAmount(): number {
    return this.#ws?.bufferedAmount ?? 0
  }

  get sendRoom(): number {
    return Math.max(0, this.#settings.limits.sendBufferBytes - this.bufferedAmount)
  }

  get certainRoom(): number {
    return this.#outlet?.takesRuns === true ? this.sendRoom : 0
  }

  sendRun(run: MessageRun): boolean {
    return this.#outlet?.sendRun(run) ?? false
  }

  send(kind: number, data: Uint8Array, always = false): void {
    this.#outlet?.send(kind, data, always)
  }

  whenDrained(done: () => void): void {
    this.#outlet?.whenDrained(done)
  }

  close(code: number, reason: string): void {
    if (this.#ended) return
    const ws = this.#ws
    if (ws === undefined) return this.#end(CloseCode.abnormal, '')
    if (!this.#opened) ws.terminate()
    else if (code === 0) ws.close()
    else ws.close(code, reason)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    if (!paused) this.#surplus.clear()
    // Nothing is heard of a faulty one: it is read to its end.
    if (!this.#opened || this.#ended || this.#faulty) return
    if (paused) this.#ws?.pause()
    else this.#ws?.resume()
  }

  #start(dial: Dial): void {
    this.#dial = dial
    this.#connecting = setTimeout(() => this.#late(), this.#settings.limits.connectTimeoutMs)
    try {
      const ws = dial.dial()
      if (ws instanceof Promise) ws.then((one) => this.#dialed(one), this.#failed)
      else this.#dialed(ws)
    } catch (cause) {
      clearTimeout(this.#connecting)
      throw cause
    }
  }

  #dialed(found: WebSocket | OpenConnection): void {
    const isOpen = !(found instanceof WebSocket)
    const ws = isOpen ? found.ws : found
    if (this.#ended) {
      ws.on('error', () => {})
      return ws.terminate()
    }
    if (isOpen) this.#tcp = found.tcp
    this.#use(ws)
    if (!isOpen) return
    // The caller does not know the socket yet.
    queueMicrotask(() => {
      // It may have been given up already.
      if (ws.readyState !== WebSocket.OPEN) return
      this.#tellOpen(ws)
      for (const { data, isBinary } of found.early) {
        this.#receive(isBinary ? Opcode.binary : Opcode.text, data)
      }
      if (!this.#paused) ws.resume()
    })
  }

  /** Absolute: that of `ws` begins again with every byte that a slow server sends. */
  #late(): void {
    this.#tell(lateError(this.#url, this.#settings.limits))
    if (this.#ws === undefined) this.#end(CloseCode.abnormal, '')
    else this.#ws.terminate()
  }

  #failed = (cause: unknown): void => {
    if (this.#ended) return
    const error = cause instanceof Error ? cause : new Error(String(cause))
    this.#tell(connectionError(error, this.#url))
    if (this.#ws === undefined) this.#end(CloseCode.abnormal, '')
  }

  #tell(error: EwsError): void {
    if (this.#ended || this.#faulty) return
    this.#faulty = true
    this.#listener.failed(error)
  }

  #use(ws: WebSocket): void {
    this.#ws = ws
    const outlet = new Outlet(ws, this.#tcp, {
      ...this.#settings,
      url: this.#url,
      isServer: this.#isServer,
    })
    this.#outlet = outlet
    ws.on('upgrade', ({ socket }) => {
      this.#tcp = socket
      outlet.tcp = socket
    })
    ws.on('open', () => this.#tellOpen(ws))
    ws.on('message', (data, isBinary) => {
      this.#receive(isBinary ? Opcode.binary : Opcode.text, messageData(data))
    })
    ws.on('ping', (data) => this.#intake.ping(data))
    ws.on('pong', () => this.#intake.pong())
    ws.on('error', (error) => {
      const givenUp = error.message === 'WebSocket was closed before the connection was established'
      if (!givenUp) this.#failed(error)
    })
    ws.on('close', (code, reason) => this.#end(code, reason.toString()))
  }

  #tellOpen(ws: WebSocket): void {
    clearTimeout(this.#connecting)
    this.#begin(ws)
    this.#listener.opened({ url: this.#url, protocol: this.protocol, extensions: this.extensions })
    if (this.#paused) ws.pause()
  }

  /** The connection is open. */
  #begin(ws: WebSocket): void {
    this.#opened = true
    this.#upkeep = new Upkeep(
      {
        ws,
        bytesRead: () => this.#tcp?.bytesRead,
        pongs: () => this.#intake.pongs,
        messagesReceived: () => this.#intake.messages,
        messagesSent: () => this.#outlet?.sent ?? 0,
        // What closes is bounded by its own time.
        paused: () => this.#paused || ws.readyState !== WebSocket.OPEN,
        say: this.#say,
        dead: (timeoutMs, what) => this.#dead(timeoutMs, what),
        over: (limit) => this.#over(limit),
      },
      this.#settings,
      this.#intake.automatic,
    )
  }

  #receive(kind: number, data: Payload): void {
    if (this.#faulty) return
    const tooMuch = this.#paused ? this.#surplus.refusal(data.length) : undefined
    if (tooMuch === undefined) this.#intake.message(kind, data)
    else this.#refuse(tooMuch, CloseCode.messageTooBig)
  }

  #say = (text: Buffer): void => this.#outlet?.say(text)

  #refuse(why: string, code: number): void {
    if (this.#ws?.readyState !== WebSocket.OPEN) return
    this.#tell(refusedError(this.#url, why))
    this.#ws.close(code, 'too much')
    this.#ws.resume()
  }

  #dead(timeoutMs: number, what: string): void {
    if (this.#ended) return
    this.#settings.counters.dead++
    this.#tell(deadError(this.#url, timeoutMs, what))
    this.#ws?.terminate()
  }

  #over(limit: 'idleTimeoutMs' | 'lifetimeMs'): void {
    if (this.#ws?.readyState !== WebSocket.OPEN) return
    this.#tell(overError(this.#url, limit, this.#settings.limits))
    this.#ws.close(CloseCode.goingAway, limit === 'lifetimeMs' ? 'lifetime' : 'idle')
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#connecting)
    this.#dial?.giveUp()
    this.#upkeep?.stop()
    this.#listener.closed(code, reason, code !== CloseCode.abnormal)
  }
}
