import { EwsError } from '@extism-ws/protocol'

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
    const began = performance.now()
    return answer
      .catch((error: unknown) => failed(session, error))
      .finally(() => entry.waited(performance.now() - began))
  } catch (error) {
    return failed(session, error)
  }
}

function failed(session: SessionOperations, error: unknown): number {
  session.lastError =
    error instanceof EwsError
      ? error
      : new EwsError('EWS_INTERNAL', `unexpected failure in the host: ${String(error)}`, {
          cause: error,
        })
  return session.lastError.errno
}
