import { jsonRecord, parseJson, textOf } from './json-payload.js'
import { RecordType, type RawRecord } from './record.js'

/** Why a call was cancelled: what of the reason crosses the boundary. */
export interface CancelReason {
  /** `AbortError` or `TimeoutError`, unless whoever aborted gave a reason of their own. */
  readonly name: string
  readonly message: string
}

/** What the host tells a guest about a pending call that its caller gave up. */
export function cancelRecord(call: number, { name, message }: CancelReason): RawRecord {
  return jsonRecord(RecordType.cancel, call, { name, message })
}

/** The reason in the payload of a `cancel` record; empty texts for what is missing. */
export function readCancelReason(payload: Uint8Array): CancelReason {
  const { name, message } = parseJson(payload)
  return { name: textOf(name), message: textOf(message) }
}
