import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8192)
let at = pool.length

/**
 * A masking key for one frame (RFC 6455 §5.3): unpredictable, and never zero. With a zero key `ws`
 * would write the caller's bytes unmasked by reference, and those are the guest's memory.
 */
export function generateMask(mask: Buffer): void {
  do {
    if (at + 4 > pool.length) {
      randomFillSync(pool)
      at = 0
    }
    pool.copy(mask, 0, at, at + 4)
    at += 4
  } while (mask.readUInt32LE(0) === 0)
}
