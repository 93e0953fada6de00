import type { HostSlot } from '@extism-ws/guest/engine'
import { EwsError } from '@extism-ws/protocol'

import { native } from './native.js'

/**
 * Calls an imported host function.
 *
 * @throws {EwsError} what it failed with.
 */
export function hostCall(
  { slot, signature }: HostSlot,
  args: readonly unknown[],
): number | bigint | undefined {
  const result = native.call(slot, signature, ...args)
  // No host function returns a string: it is what one failed with.
  if (typeof result === 'string') throw failureOf(result)
  return result
}

/** Ours to trust, as the host wrote it; a plugin that checked would be larger. */
function failureOf(text: string): EwsError {
  const { code, message } = JSON.parse(text) as Pick<EwsError, 'code' | 'message'>
  return new EwsError(code, message)
}
