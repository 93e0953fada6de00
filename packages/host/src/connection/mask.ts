import { randomFillSync } from 'node:crypto'

const pool = new Int32Array(2048)
let at = pool.length

/**
 * A masking key for one frame (RFC 6455 §5.3): unpredictable, and never zero. With a zero key `ws`
 * would write the caller's bytes unmasked by reference, and those are the guest's memory.
 */
export function nextMask(): number {
  for (;;) {
    if (at === pool.length) {
      randomFillSync(pool)
      at = 0
    }
    const mask = pool[at++]
    if (mask !== undefined && mask !== 0) return mask
  }
}

/** The same as `ws` asks for it. */
export function generateMask(mask: Buffer): void {
  mask.writeInt32LE(nextMask())
}
