import { EwsError } from '@extism-ws/protocol'

// A byte order mark at the front of a text is part of it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text that a guest wrote.
 *
 * @param what it is, for the message.
 * @throws {EwsError} `EWS_BAD_REQUEST` for bytes that are not UTF-8.
 */
export function guestText(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new EwsError('EWS_BAD_REQUEST', `the ${what} is not valid UTF-8`, { cause })
  }
}
