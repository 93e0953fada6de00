import { vi } from 'vitest'

/** Resolves with what the check answers once it no longer throws: also on a machine that is busy. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}
