import { EwsError } from '@extism-ws/protocol'

import type { CloseInfo } from '../connection.js'
import type { Message } from '../message-target.js'
import { Deadline } from './deadline.js'
import { fetch, sortOut, waitingBytes } from './early-events.js'
import { SyncSocket, type WaitOptions } from './sync-socket.js'

/** Events of asynchronous sockets stay in the plugin's memory while it waits: so much, and no more. */
const mostWaitingBytes = 1 << 24

/** What `sync.poll()` has found on a socket: its next message, or its end. */
export interface Ready {
  readonly socket: SyncSocket
  readonly message?: Message
  readonly closed?: CloseInfo
}

/** See `sync.poll()`. */
export function poll(
  sockets: readonly SyncSocket[],
  { timeoutMs = -1 }: WaitOptions = {},
): readonly Ready[] {
  const deadline = new Deadline(timeoutMs)
  sortOut()
  for (;;) {
    const ready = sockets.flatMap(readyOf)
    if (ready.length > 0 || sockets.length === 0) return ready
    if (!fetch(0)) {
      // Their readers ask for more: what they took before is handled.
      for (const socket of sockets) SyncSocket.connectionOf(socket).messages.done()
      const left = deadline.left()
      if (left !== 0) fetch(left)
    }
    sortOut()
    if (waitingBytes() > mostWaitingBytes) throw tooManyBytes()
    if (deadline.left() === 0) return sockets.flatMap(readyOf)
  }
}

function tooManyBytes(): EwsError {
  return new EwsError(
    'EWS_LIMIT',
    `sync.poll: ${waitingBytes()} bytes came for asynchronous sockets meanwhile: return, so that they are handled`,
  )
}

function readyOf(socket: SyncSocket): Ready[] {
  const { messages, closeInfo } = SyncSocket.connectionOf(socket)
  const message = messages.waiting ? messages.take() : undefined
  if (message !== undefined) return [{ socket, message }]
  return closeInfo === undefined ? [] : [{ socket, closed: closeInfo }]
}
