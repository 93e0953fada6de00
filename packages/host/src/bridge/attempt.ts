import { asEwsError } from '../unexpected.js'
import type { EntryExports } from './entry-exports.js'
import type { Answer, SessionOperations } from './operations.js'

/**
 * Runs an operation as a host function must: nothing is ever thrown into the guest. A failure
 * becomes its negative number, and `ws_error` tells the rest.
 */
export function attempt(session: SessionOperations, operation: () => number): number {
  try {
    return operation()
  } catch (error) {
    return failed(session, error)
  }
}

/** The same for an operation that may wait, which is not the guest's own time. */
export function attemptWaiting(
  session: SessionOperations,
  entry: EntryExports,
  operation: () => Answer,
): Answer {
  try {
    const answer = operation()
    if (typeof answer === 'number') return answer
    return entry.untilSettled(answer.catch((error: unknown) => failed(session, error)))
  } catch (error) {
    return failed(session, error)
  }
}

function failed(session: SessionOperations, error: unknown): number {
  session.lastError = asEwsError(error)
  return session.lastError.errno
}
