import { bridge } from '#bridge'
import { enableRestart } from '#restart'
import {
  CloseCode,
  errorFrom,
  errorNumbers,
  EwsError,
  Progress,
  type ConnectRequest,
  type Reconnected,
  type Reconnecting,
  RecordFlag,
  RecordType,
} from '@extism-ws/protocol'

import { engine, findEngine } from './engine.js'
import { handOver, type MessageTarget } from './message-target.js'

/** What a socket class of this library does with the events of its connection. */
export interface ConnectionHandler {
  opened(about: { url: string; protocol: string; extensions: string }): void
  /** The connection is lost, and the host tries another one. */
  reconnecting?(info: Reconnecting): void
  /** Another connection has taken its place. */
  reconnected?(info: Reconnected): void
  /** Who takes its messages now; after a change see `retarget`. */
  readonly target: MessageTarget
  failed(error: EwsError): void
  drained(): void
  /** The last event of every connection. */
  closed(code: number, reason: string, wasClean: boolean): number | void
}

let early: EarlyEvents | undefined
let listening = false
const handlers = new Map<number, ConnectionHandler>()
/** Those of which a message could not be delivered, until they have ended. */
const refused = new Set<number>()
// UTF-8 decode without BOM: a close reason may begin with U+FEFF.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Asks the host for a connection, whose events go to `handler` from the next turn of the loop on.
 *
 * @returns the socket id.
 * @throws {EwsError} when the host refuses at once: denied, bad URL, limit.
 */
export function open(request: ConnectRequest, handler: ConnectionHandler): number {
  listen()
  // Without the word a host that can wait would.
  const id = check(bridge().connect(JSON.stringify({ wait: false, ...request })))
  handle(id, handler)
  return id
}

/** Whether the events of a socket that the host has already now go to `handler`: not if it is known. */
export function adopt(id: number, handler: ConnectionHandler): boolean {
  listen()
  if (handlers.has(id)) return false
  handle(id, handler)
  return true
}

function handle(id: number, handler: ConnectionHandler): void {
  handlers.set(id, handler)
  retarget(id, handler)
}

/** The messages of a socket go to another target of its handler. */
export function retarget(id: number, { target }: Pick<ConnectionHandler, 'target'>): void {
  if (handlers.has(id)) bridge().target?.(id, target)
}

/** Events that are fetched before the loop asks for them: by `sync`, which waits inside an entry. */
export interface EarlyEvents {
  /** Whether there are some that are not delivered yet. */
  readonly waiting: boolean
  /** In place of the bridge's. */
  poll(timeoutMs: number): void
}

export function listenTo(events: EarlyEvents): void {
  early = events
  bridge().pollByHand?.()
}

/** The result of a host function: itself, or the failure it stands for as an exception. */
export function check(result: number): number {
  if (result >= 0) return result
  throw errorFrom(JSON.parse(bridge().error()))
}

/**
 * The same for an operation on a socket that may have ended: false when it has. The host may know
 * that before the guest does, whose close event waits behind others.
 */
export function checkOpen(result: number): boolean {
  if (result === errorNumbers.EWS_CLOSED || result === errorNumbers.EWS_BAD_SOCKET) {
    return false
  }
  check(result)
  return true
}

/** Gives an event to the handler of its socket; what that throws is reported. */
export function deliver(
  type: number,
  flags: number,
  code: number,
  id: number,
  payload: string | ArrayBuffer | undefined,
): number | void {
  const handler = handlers.get(id)
  if (handler === undefined) return
  if (payload === undefined) return refuse(id)
  try {
    switch (type) {
      case RecordType.message:
        return refused.has(id) ? undefined : handOver(handler.target, id, payload)
      case RecordType.open:
        return handler.opened(JSON.parse(text(payload)))
      case RecordType.reconnecting:
        return handler.reconnecting?.(JSON.parse(text(payload)))
      case RecordType.reconnected:
        return handler.reconnected?.(JSON.parse(text(payload)))
      case RecordType.error:
        return handler.failed(errorFrom(JSON.parse(text(payload))))
      case RecordType.drain:
        return handler.drained()
      case RecordType.close:
        handlers.delete(id)
        bridge().target?.(id, undefined)
        refused.delete(id)
        return handler.closed(
          code === 0 ? CloseCode.noStatus : code,
          text(payload),
          (flags & RecordFlag.clean) !== 0,
        )
      default:
        return
    }
  } catch (error) {
    engine().loop.report(error)
  }
}

/** There is no memory for a message of this socket: it ends with that, and nothing that comes behind is delivered. */
export function refuse(id: number): void {
  if (refused.has(id)) return
  refused.add(id)
  bridge().target?.(id, undefined)
  bridge().progress(id, Progress.refused)
  const message = 'the plugin has no memory for a message that came: the connection is closed'
  handlers.get(id)?.failed(new EwsError('EWS_LIMIT', message))
}

function text(payload: string | ArrayBuffer): string {
  return typeof payload === 'string' ? payload : decoder.decode(payload)
}

function listen(): void {
  const found = listening ? undefined : findEngine()
  // There is no engine where plugin code is tested outside of a plugin.
  if (found === undefined) return
  listening = true
  found.loop.listen({
    poll: (timeoutMs) => {
      // What the bridge has left over is older than what was fetched early.
      if (early === undefined || bridge().undelivered()) check(bridge().poll(timeoutMs, deliver))
      else early.poll(timeoutMs)
    },
    expecting: () => handlers.size > 0,
    undelivered: () => early?.waiting === true || bridge().undelivered(),
  })
}

// From when this module is loaded, which is while the plugin is built: after a restart there are sockets before
// the plugin opens one. Bundles for the official compiler may load it before the loop that they bring along.
listen()
enableRestart()
