import { EwsError } from '@extism-ws/protocol'

import type { Session } from '../session/session.js'

/**
 * Runs an operation as a host function must: nothing is ever thrown into the guest. A failure
 * becomes its negative number, and `ws_error` tells the rest.
 */
export function attempt(session: Session, operation: () => number): number {
  try {
    return operation()
  } catch (error) {
    session.lastError =
      error instanceof EwsError
        ? error
        : new EwsError('EWS_INTERNAL', `unexpected failure in the host: ${String(error)}`, {
            cause: error,
          })
    return session.lastError.errno
  }
}
