import { errorNumbers, Progress } from '@extism-ws/protocol'

import { engine, type HostSlot } from '../engine.js'
import { isOutOfMemory } from '../out-of-memory.js'
import type { MessageTarget } from '../message-target.js'
import type { Bridge, Deliver } from './bridge.js'

/** Blocks that `info` and `error` are read into; both are short JSON. */
const textCapacity = 16_384
const tooSmall = errorNumbers.EWS_TOO_SMALL

/**
 * The direct layer: pointers into the guest's own memory, for which the engine has natives. Host
 * functions are looked up once, since a plugin's imports do not change.
 */
class DirectBridge implements Bridge {
  readonly #native = engine().native
  readonly #connect = slot('ws_direct_connect')
  readonly #send = slot('ws_direct_send')
  readonly #close = slot('ws_direct_close')
  readonly #pause = slot('ws_direct_pause')
  readonly #save = slot('ws_direct_save')
  readonly #progress = slot('ws_direct_progress')
  readonly #sendMany = slot('ws_direct_send_many')
  readonly #room = slot('ws_direct_room')
  readonly #poll = slot('ws_direct_poll')
  readonly #info = slot('ws_direct_info')
  readonly #error = slot('ws_direct_error')
  #deliver: Deliver | undefined

  connect(request: string): number {
    return this.#native.direct(this.#connect, request)
  }

  send(socket: number, kind: number, data: string | Uint8Array): number {
    return this.#native.direct(this.#send, socket, kind, data)
  }

  close(socket: number, code: number, reason: string): number {
    return this.#native.direct(this.#close, socket, code, reason)
  }

  pause(socket: number, paused: boolean): number {
    return this.#native.direct(this.#pause, socket, paused ? 1 : 0)
  }

  save(socket: number, bytes: Uint8Array): number {
    return this.#native.direct(this.#save, socket, bytes)
  }

  poll(timeoutMs: number, deliver: Deliver): number {
    if (this.#deliver !== deliver) this.#listen(deliver)
    const result = this.#native.poll(timeoutMs)
    if (result !== tooSmall) return result
    // The next event is larger than the block: make room for it, and ask again without waiting.
    try {
      this.#native.reserve(neededBytes(this))
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      // There is no memory for it, and others are not to wait behind it.
      this.progress(0, Progress.refused)
    }
    return this.#native.poll(0)
  }

  target(socket: number, target: MessageTarget | undefined): void {
    const recipe = target !== undefined && 'recipe' in target ? target.recipe : []
    this.#native.target(socket, target?.form ?? 0, target?.accept, ...recipe)
  }

  sender(object: object, socket: number): void {
    this.#native.sender?.(object, socket, this.#send, this.#sendMany, this.#room)
  }

  pollByHand(): void {
    this.#native.pollByHand()
  }

  undelivered(): boolean {
    return this.#native.undelivered() > 0
  }

  progress(socket: number, step: number): number {
    const matters = engine().tracked || step === Progress.refused
    return matters ? this.#native.direct(this.#progress, socket, step) : 0
  }

  info(socket: number): string {
    return this.#text(this.#native.directRead(this.#info, textCapacity, socket))
  }

  error(): string {
    return this.#text(this.#native.directRead(this.#error, textCapacity))
  }

  /** From here on dispatches deliver without being asked. */
  #listen(deliver: Deliver): void {
    this.#deliver = deliver
    const { loop } = engine()
    const thrown = (error: unknown): void => loop.report(error)
    this.#native.listen(this.#poll, this.#progress, deliver, thrown)
  }

  #text(result: Uint8Array | number): string {
    return typeof result === 'number' ? '{}' : this.#native.decode(result)
  }
}

/** What the event needs that the host has just refused to write with `EWS_TOO_SMALL`. */
export function neededBytes(direct: Bridge): number {
  const { needed } = JSON.parse(direct.error()) as { needed?: number }
  return needed ?? 0
}

export function slot(name: string): number {
  const found: HostSlot | undefined = engine().hostFunctions[name]
  if (found === undefined) throw new Error(`host function ${name} is not imported by this plugin`)
  return found.slot
}

let instance: DirectBridge | undefined

/** The bridge of this plugin, made at first use. */
export function bridge(): Bridge {
  instance ??= new DirectBridge()
  return instance
}
