import {
  errorFrom,
  Opcode,
  readRecords,
  readRestart,
  readRestored,
  recordEvent,
  RecordFlag,
  RecordType,
  restartExport,
  type EwsError,
  type RawRecord,
  type Reconnected,
  type Reconnecting,
} from '@extism-ws/protocol'

import type { CloseInfo } from './connection.js'
import { findEngine } from './engine.js'
import type { PluginCall } from './loop/index.js'
import type { Message } from './message-target.js'
import { Socket } from './socket.js'

/**
 * What the author's export `onRestart` gets. The host calls it once, before anything else, in a plugin that
 * it has built anew after a crash or for a reload:
 *
 *     export async function onRestart(restart: Restart) { … }
 */
export interface Restart {
  /**
   * Why: `EWS_RESTARTED` when the host was asked to, otherwise what ended the plugin, such as
   * `EWS_TRAPPED` and `EWS_TIMEOUT`.
   */
  readonly reason: EwsError
  /**
   * The sockets of the plugin before, by whichever API they were opened, but those whose close event was
   * handled. What is still to come of them comes as to any socket; those that are open are in `sockets` too.
   */
  readonly sockets: readonly Socket[]
  /**
   * The events that were being handled when the plugin ended: some of what a handler does may have been
   * done. They do not come again.
   */
  readonly possiblyHandled: readonly PossiblyHandled[]
  /** The call of `onRestart` itself. */
  readonly call: PluginCall
}

/** An event that was being handled. */
export interface PossiblyHandled {
  /** One of `Restart.sockets`; undefined when it is not among them any more. */
  readonly socket: Socket | undefined
  readonly event: HandledEvent
}

export type HandledEvent =
  | { readonly type: 'open' | 'drain' }
  | { readonly type: 'message'; readonly data: Message }
  | { readonly type: 'error'; readonly error: EwsError }
  | ({ readonly type: 'reconnecting' } & Reconnecting)
  | ({ readonly type: 'reconnected' } & Reconnected)
  | ({ readonly type: 'close' } & CloseInfo)

/** Has `onRestart` get a `Restart` instead of its call. */
export function enableRestart(): void {
  // There is no engine where plugin code is tested outside of a plugin.
  findEngine()?.loop.hook(restartExport, (author) => {
    const onRestart = author as unknown as (restart: Restart) => unknown
    return (call) => onRestart(restartOf(call))
  })
}

/** The host is trusted with its guest: what it does not say is left out. */
function restartOf(call: PluginCall): Restart {
  let reason = errorFrom({ code: 'EWS_RESTARTED', message: 'the plugin was built anew' })
  const sockets = new Map<number, Socket>()
  const possiblyHandled: PossiblyHandled[] = []
  for (const record of readRecords(call.input())) {
    if (record === undefined) break
    if (record.type === RecordType.restart) reason = errorFrom(readRestart(record.payload))
    else if (record.type === RecordType.restored) {
      const socket = Socket.restore(readRestored(record))
      if (socket !== undefined) sockets.set(record.id, socket)
    } else if ((record.flags & RecordFlag.taken) !== 0) {
      const event = handledEvent(record)
      if (event !== undefined) possiblyHandled.push({ socket: sockets.get(record.id), event })
    }
  }
  return { reason, sockets: [...sockets.values()], possiblyHandled, call }
}

function handledEvent(record: RawRecord): HandledEvent | undefined {
  const event = recordEvent(record)
  if (event === undefined) return undefined
  switch (event.type) {
    case 'open':
    case 'drain':
      return { type: event.type }
    case 'message':
      return { type: 'message', data: messageOf(event.kind, event.data) }
    case 'error':
      return { type: 'error', error: errorFrom(event.error) }
    default: {
      const { socket: _socket, ...about } = event
      return about
    }
  }
}

function messageOf(kind: number, data: Uint8Array): Message {
  if (kind !== Opcode.text) return data.slice()
  // A message may begin with U+FEFF: it is part of the text.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(data)
}
