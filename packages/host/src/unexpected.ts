import { EwsError } from '@extism-ws/protocol'

/** A failure in the words of this package: `EWS_INTERNAL` for what should not happen. */
export function asEwsError(error: unknown): EwsError {
  if (error instanceof EwsError) return error
  return new EwsError('EWS_INTERNAL', `unexpected failure in the host: ${String(error)}`, {
    cause: error,
  })
}
