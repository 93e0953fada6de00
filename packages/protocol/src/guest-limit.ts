/** Limits of a guest, unless its host says otherwise (docs/engine.md has the measurements). */
export const guestLimits = {
  /**
   * QuickJS's stack in bytes, where the guest runs on a main thread. More lets deep recursion
   * overflow V8's stack first, and that is a trap, not an exception.
   */
  stackBytes: 48 * 1024,
  /** Maximum of the linear memory, in bytes. */
  memoryBytes: 256 * 2 ** 20,
  /** What QuickJS may use of it: less than all, so that running out is an exception. */
  heapShare: 7 / 8,
} as const
