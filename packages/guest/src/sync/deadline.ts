import { EwsError } from '@extism-ws/protocol'

import { engine } from '../engine.js'

/** How host functions are told to wait without a limit. */
const forever = -1
/** The longest that they can be told. */
const longest = 2 ** 31 - 1

/** How long a call of `sync` may wait, over all that it asks the host for. */
export class Deadline {
  readonly #end: number

  /**
   * @param timeoutMs milliseconds; 0 for not at all, -1 or Infinity without limit.
   * @throws {EwsError} `EWS_BAD_REQUEST` for any other value.
   */
  constructor(timeoutMs: number) {
    if (!(timeoutMs >= 0 || timeoutMs === forever)) {
      const wanted = 'timeoutMs must be -1, for no limit, or 0 and more milliseconds'
      throw new EwsError('EWS_BAD_REQUEST', `${wanted}, got ${String(timeoutMs)}`)
    }
    if (timeoutMs === forever) this.#end = Infinity
    else this.#end = timeoutMs === 0 ? 0 : now() + timeoutMs
  }

  /** As a host function takes it. */
  left(): number {
    if (this.#end === Infinity) return forever
    if (this.#end === 0) return 0
    return Math.min(longest, Math.max(0, Math.ceil(this.#end - now())))
  }
}

/** Without a limit. */
export const never = new Deadline(forever)

function now(): number {
  // The official compiler's engine has no monotonic clock.
  return engine().native.now?.() ?? Date.now()
}
