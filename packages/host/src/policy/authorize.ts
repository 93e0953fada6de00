import { EwsError } from '@extism-ws/protocol'

import { answerOf, type ConnectionAttempt, type Faults } from './attempt.js'
import { originOf, quoted } from './place.js'

/**
 * Decides whether a plugin gets a connection which the allow list covers. Only `true` lets it through;
 * a string refuses, and is the reason that the plugin gets.
 */
export type Authorize = (
  attempt: ConnectionAttempt,
) => boolean | string | PromiseLike<boolean | string>

const option = 'sockets.authorize'

/**
 * Resolves when the function says yes.
 *
 * @throws {EwsError} `EWS_DENIED` when it says no, throws, or answers anything else; `EWS_TIMEOUT` when
 *   it does not answer in time.
 */
export async function askWhetherAllowed(
  authorize: Authorize,
  attempt: ConnectionAttempt,
  faults: Faults,
): Promise<void> {
  const { url, signal } = attempt
  // The function has the attempt's URL, and can change it.
  const place = quoted(originOf(url))
  let answer: unknown
  try {
    answer = await answerOf(() => authorize(attempt), option, signal)
  } catch (cause) {
    if (signal.aborted) throw cause
    faults.tell(option, cause)
    throw failed(place, cause)
  }
  if (answer === true) return
  if (answer === false || typeof answer === 'string') throw refused(place, answer || '')
  const fault = `it answered ${typeof answer}, which refuses; expected true, false, or a reason`
  faults.tell(option, fault)
  throw failed(place, new TypeError(fault))
}

function refused(place: string, reason: string): EwsError {
  const why = reason === '' ? '' : `: ${reason}`
  return new EwsError('EWS_DENIED', `${place} was refused by ${option} of the host${why}`)
}

function failed(place: string, cause: unknown): EwsError {
  const message = `${place} was refused: ${option} of the host failed; its log says why`
  return new EwsError('EWS_DENIED', message, { cause })
}
