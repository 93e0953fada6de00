import { EwsError } from '@extism-ws/protocol'

/** The end of an instance: something other than a return left its Wasm. */
export function trapped(cause: unknown, name: string): EwsError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return new EwsError('EWS_TRAPPED', `the plugin trapped in "${name}" (${why})`, { cause })
}
