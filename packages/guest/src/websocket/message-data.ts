import { Opcode } from '@extism-ws/protocol'
import { bridge } from '#bridge'

import { bytesOf } from '../bytes.js'
import { engine } from '../engine.js'
import { usvString } from '../web-idl.js'

/** What a message can be made of. */
export type MessageData = string | ArrayBuffer | ArrayBufferView | Blob

/** A message as it is sent: text, or bytes that may be a view of what the author gave. */
export function payloadOf(data: unknown): string | Uint8Array {
  if (typeof data === 'string') return usvString(data)
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return bytesOf(data)
  // A Blob's bytes are in memory: nothing is awaited, so the order of messages holds.
  return engine().bytesOfBlob?.(data) ?? usvString(data)
}

/** The result of the host function. */
export function sendPayload(socket: number, payload: string | Uint8Array): number {
  const kind = typeof payload === 'string' ? Opcode.text : Opcode.binary
  return bridge().send(socket, kind, payload)
}
