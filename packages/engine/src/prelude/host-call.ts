import type { HostSlot } from '@extism-ws/guest/engine'
import { errorFrom } from '@extism-ws/protocol'

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
  if (typeof result === 'string') throw errorFrom(JSON.parse(result))
  return result
}
