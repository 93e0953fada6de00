import { readFile } from 'node:fs/promises'

/**
 * Limits that a plugin has before any host sets its own (docs/engine.md has the measurements).
 */
export const engineLimits = {
  /**
   * Bytes of QuickJS's stack. More lets deep recursion overflow V8's stack first, which is a trap
   * and not an exception.
   */
  stackBytes: 48 * 1024,
  /** Wasm memory maximum, in bytes. */
  memoryBytes: 256 * 1024 * 1024,
  /** What QuickJS may use of it: below the maximum, so that running out is an exception. */
  heapShare: 7 / 8,
} as const

/** The engine with its prelude, as built: every build function is exported. */
export async function loadEngine(): Promise<Uint8Array> {
  return readFile(new URL('./engine.wasm', import.meta.url))
}
