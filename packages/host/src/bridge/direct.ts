import { errorNumbers, EwsError, type DirectFunction } from '@extism-ws/protocol'

import { attempt, attemptWaiting } from './attempt.js'
import type { EntryExports } from './entry-exports.js'
import type { Answer, SessionOperations } from './operations.js'
import type { CallContext } from './sdk.js'

/** The guest's linear memory, which is there once the plugin is instantiated. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined
  #bytes = new Uint8Array(0)
  #data = new DataView(this.#bytes.buffer)

  set(memory: WebAssembly.Memory): void {
    this.#memory = memory
  }

  /**
   * A view of guest memory; valid until the guest runs again, since memory may grow then.
   *
   * @throws {EwsError} `EWS_BAD_REQUEST` when it is out of bounds.
   */
  view(pointer: number, length: number): Uint8Array {
    const buffer = this.#memory?.buffer
    if (buffer === undefined) {
      throw new EwsError(
        'EWS_UNSUPPORTED',
        "the direct layer is off: this host does not hold the plugin's memory",
      )
    }
    // A grown memory has another buffer, and the old one is detached.
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer)
    // Wasm's i32 arrives signed; as an address it is not.
    const start = pointer >>> 0
    const end = start + (length >>> 0)
    if (end > this.#bytes.length) {
      throw new EwsError(
        'EWS_BAD_REQUEST',
        `bytes ${start} to ${end} are not within the plugin's ${this.#bytes.length} bytes of memory`,
      )
    }
    return this.#bytes.subarray(start, end)
  }

  /** All of guest memory, as numbers; valid as long as `view`. Throws a RangeError out of bounds. */
  get data(): DataView {
    const buffer = this.#memory?.buffer ?? this.#data.buffer
    if (this.#data.buffer !== buffer) this.#data = new DataView(buffer)
    return this.#data
  }
}

/** The direct layer: a session's operations over pointers into the guest's memory. */
export function directLayer(
  session: SessionOperations,
  memory: GuestMemory,
  entry: EntryExports,
): Record<DirectFunction, (context: CallContext, ...args: never[]) => Answer> {
  const write = (text: string, pointer: number, capacity: number): number => {
    const bytes = Buffer.from(text)
    if (bytes.length > capacity >>> 0) {
      const message = `the text needs ${bytes.length} bytes, the block has ${capacity >>> 0}`
      throw new EwsError('EWS_TOO_SMALL', message, { needed: bytes.length })
    }
    memory.view(pointer, capacity).set(bytes)
    return bytes.length
  }
  return {
    ws_direct_connect: (_context, request: number, length: number) =>
      // A copy: URL and headers outlive this call.
      attemptWaiting(session, entry, () => session.connect(memory.view(request, length).slice())),
    ws_direct_send: (_context, socket: number, kind: number, data: number, length: number) =>
      attempt(session, () => session.send(socket, kind, memory.view(data, length))),
    ws_direct_send_many: (_context, data: number, length: number) =>
      attempt(session, () => session.sendMany(memory.view(data, length))),
    ws_direct_room: (_context, socket: number) => attempt(session, () => session.room(socket)),
    ws_direct_receive: (_context, socket: number, timeout: number, to: number, capacity: number) =>
      attemptWaiting(session, entry, () =>
        session.receive(socket, timeout, () => memory.view(to, capacity)),
      ),
    ws_direct_poll: (_context, timeout: number, to: number, capacity: number) =>
      attemptWaiting(session, entry, () => session.poll(timeout, () => memory.view(to, capacity))),
    ws_direct_close: (_context, socket: number, code: number, reason: number, length: number) =>
      attempt(session, () => session.close(socket, code, memory.view(reason, length).slice())),
    ws_direct_pause: (_context, socket: number, paused: number) =>
      attempt(session, () => session.pause(socket, paused !== 0)),
    ws_direct_save: (_context, socket: number, data: number, length: number) =>
      attempt(session, () => session.save(socket, memory.view(data, length))),
    ws_direct_progress: (_context, socket: number, step: number) =>
      attempt(session, () => session.progress(socket, step)),
    ws_direct_info: (_context, socket: number, to: number, capacity: number) =>
      attempt(session, () => write(session.info(socket), to, capacity)),
    // Without `attempt`: a failure to tell the failure must not replace it.
    ws_direct_error: (_context, to: number, capacity: number) => {
      try {
        return write(session.error(), to, capacity)
      } catch (error) {
        return error instanceof EwsError ? error.errno : errorNumbers.EWS_INTERNAL
      }
    },
  }
}
