import { EwsError, readRecords, RecordType } from '@extism-ws/protocol'

/**
 * Sends the messages of a block of records, each by `send`; answers how many there were.
 *
 * @throws {EwsError} `EWS_BAD_REQUEST` for a record that is cut short, and what `send` throws: those before
 *   have been sent.
 */
export function sendRecords(
  block: Uint8Array,
  send: (socket: number, kind: number, data: Uint8Array) => void,
): number {
  let sent = 0
  for (const record of readRecords(block)) {
    if (record === undefined) {
      throw new EwsError('EWS_BAD_REQUEST', `record ${sent} of the block is cut short`)
    }
    if (record.type !== RecordType.message) continue
    send(record.id, record.code, record.payload)
    sent++
  }
  return sent
}
