import { errorData, errorFrom, type ErrorData } from './error.js'
import { jsonRecord, parseJson, textOf } from './json-payload.js'
import { RecordType, type RawRecord } from './record.js'

/** A socket as the input of `onRestart` describes it. */
export interface RestoredSocket {
  readonly socket: number
  /** Empty when the socket has none. */
  readonly name: string
  readonly url: string
  readonly protocol: string
  readonly extensions: string
  /** Of the connection; `closed` while its close event waits. */
  readonly state: 'connecting' | 'open' | 'closing' | 'closed'
  /** What `ws_save` kept; empty when it was never called. */
  readonly attachment: Uint8Array
}

const states = new Set<unknown>(['connecting', 'open', 'closing', 'closed'])

/** Why the plugin was built anew: the failure that ended it, or `EWS_RESTARTED`. */
export function restartRecord(reason: ErrorData): RawRecord {
  return jsonRecord(RecordType.restart, 0, reason)
}

export function readRestart(payload: Uint8Array): ErrorData {
  return errorData(errorFrom(parseJson(payload)))
}

/** The payload: length of the JSON (u32), the JSON, the attachment. */
export function restoredRecord({ socket, attachment, ...about }: RestoredSocket): RawRecord {
  const { payload: json } = jsonRecord(RecordType.restored, socket, about)
  const payload = new Uint8Array(4 + json.length + attachment.length)
  new DataView(payload.buffer).setUint32(0, json.length, true)
  payload.set(json, 4)
  payload.set(attachment, 4 + json.length)
  return { type: RecordType.restored, flags: 0, code: 0, id: socket, payload }
}

/** Fields that are missing or wrong are empty, as in other records of the host. */
export function readRestored({ id, payload }: RawRecord): RestoredSocket {
  const fits = payload.length >= 4
  const length = fits
    ? new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true)
    : 0
  const { name, url, protocol, extensions, state } = parseJson(payload.subarray(4, 4 + length))
  return {
    socket: id,
    name: textOf(name),
    url: textOf(url),
    protocol: textOf(protocol),
    extensions: textOf(extensions),
    state: states.has(state) ? (state as RestoredSocket['state']) : 'closed',
    attachment: payload.slice(4 + length),
  }
}
