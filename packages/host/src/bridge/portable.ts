import { EwsError, type PortableFunction } from '@extism-ws/protocol'

import { attempt, attemptWaiting } from './attempt.js'
import type { EntryExports } from './entry-exports.js'
import type { Answer, SessionOperations } from './operations.js'
import type { CallContext } from './sdk.js'

const nothing = new Uint8Array(0)

/** The portable layer: a session's operations over Extism memory blocks. */
export function portableLayer(
  session: SessionOperations,
  entry: EntryExports,
): Record<PortableFunction, (context: CallContext, ...args: never[]) => Answer | bigint> {
  return {
    ws_connect: (context, request: bigint) =>
      attemptWaiting(session, entry, () => session.connect(block(context, request))),
    ws_send: (context, socket: number, kind: number, data: bigint, length: number) =>
      attempt(session, () => session.send(socket, kind, part(context, data, length))),
    ws_send_many: (context, data: bigint, length: number) =>
      attempt(session, () => session.sendMany(part(context, data, length))),
    ws_room: (_context, socket: number) => attempt(session, () => session.room(socket)),
    ws_receive: (context, socket: number, timeout: number, to: bigint, capacity: number) =>
      attemptWaiting(session, entry, () =>
        session.receive(socket, timeout, () => part(context, to, capacity)),
      ),
    ws_poll: (context, timeout: number, to: bigint, capacity: number) =>
      attemptWaiting(session, entry, () =>
        session.poll(timeout, () => part(context, to, capacity)),
      ),
    ws_close: (context, socket: number, code: number, reason: bigint) =>
      attempt(session, () =>
        session.close(socket, code, reason === 0n ? nothing : block(context, reason)),
      ),
    ws_pause: (_context, socket: number, paused: number) =>
      attempt(session, () => session.pause(socket, paused !== 0)),
    ws_save: (context, socket: number, data: bigint, length: number) =>
      attempt(session, () => session.save(socket, part(context, data, length))),
    ws_progress: (_context, socket: number, step: number) =>
      attempt(session, () => session.progress(socket, step)),
    ws_info: (context, socket: number) => {
      let text = '{}'
      attempt(session, () => {
        text = session.info(socket)
        return 0
      })
      return store(context, text)
    },
    ws_error: (context) => store(context, session.error()),
  }
}

/** The bytes of a block that the guest names. */
function block(context: CallContext, offset: bigint): Uint8Array {
  const found = context.read(offset)
  if (found === null) {
    throw new EwsError('EWS_BAD_REQUEST', `no memory block at offset ${offset}`)
  }
  return found.bytes()
}

function part(context: CallContext, offset: bigint, length: number): Uint8Array {
  // Some PDKs have no block for nothing.
  if (offset === 0n && length === 0) return nothing
  const bytes = block(context, offset)
  if (length < 0 || length > bytes.length) {
    throw new EwsError(
      'EWS_BAD_REQUEST',
      `length ${length} is not within the block's ${bytes.length} bytes`,
    )
  }
  return bytes.subarray(0, length)
}

/** Text for the guest; offset 0, Extism's null, when there is no memory for it. */
function store(context: CallContext, text: string): bigint {
  try {
    return context.store(text)
  } catch {
    return 0n
  }
}
