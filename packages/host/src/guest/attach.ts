import { abiVersion, EwsError, guestLimits } from '@extism-ws/protocol'

import { trapped } from './trap.js'

/** The exports of the attach handshake, once they were found. */
export interface AttachExports {
  __ews_attach(features: number, timeoutMs: number, stackBytes: number, memoryBytes: number): number
  __ews_deadline(): number
  __ews_pending(): number
  /** Neither this nor the next ones are in plugins of older builds. */
  __ews_deliver?(): number
  __ews_unsent?(): number
  __ews_reserve?(bytes: number): number
}

export interface GuestLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
  /** QuickJS's stack in bytes: what the thread's own stack has room for. */
  readonly stackBytes: number
}

/**
 * Attaches this host to a guest.
 *
 * @param features bits of `Feature`.
 * @throws {EwsError} `EWS_UNSUPPORTED` when it speaks another version of the ABI.
 */
export function attach(exports: AttachExports, limits: GuestLimits, features: number): void {
  const { timeoutMs, memoryBytes, stackBytes } = limits
  // 0 would mean no limit, and more than 31 bits none that a guest could tell.
  const timeout = Math.min(Math.ceil(timeoutMs), 2 ** 31 - 1)
  const heap = Math.min(Math.floor(memoryBytes * guestLimits.heapShare), 2 ** 32 - 1)
  const version = versionOf(() => exports.__ews_attach(features, timeout, stackBytes, heap))
  if (version === abiVersion) return
  throw new EwsError(
    'EWS_UNSUPPORTED',
    `the plugin speaks version ${String(version)} of the ABI, this host version ${abiVersion}: rebuild it`,
  )
}

function versionOf(handshake: () => unknown): unknown {
  try {
    return handshake()
  } catch (error) {
    throw trapped(error, '__ews_attach')
  }
}
