import { randomFillSync } from 'node:crypto'

import type { GuestMemory } from '../bridge/direct.js'
import type { CallContext, HostFunctions } from '../bridge/sdk.js'
import type { Logger } from '../logger.js'

/** The namespace to which the WASI imports of our engine are renamed, so that the SDK leaves them to us. */
export const wasiNamespace = 'extism-ws:wasi'

// Error numbers of WASI preview 1.
const success = 0
const badFile = 8
const fault = 21
const notSupported = 58

/** A write takes no more than this at a time, in bytes; the guest names lengths as it likes. */
const mostPrinted = 65_536

const realtime = 0
const standardError = 2

/**
 * What of WASI our engine uses: clocks, random numbers, printing. The SDK's WASI would hold two
 * file descriptors per plugin.
 */
export function wasiFunctions(memory: GuestMemory, logger: Logger): HostFunctions {
  const decoder = new TextDecoder()
  const guarded = (work: () => void): number => {
    try {
      work()
      return success
    } catch {
      return fault
    }
  }
  return {
    clock_time_get: (_context: CallContext, clock: number, _precision: bigint, out: number) =>
      guarded(() => {
        const { data } = memory
        const at = out >>> 0
        if (clock === realtime) return data.setBigUint64(at, BigInt(Date.now()) * 1_000_000n, true)
        // Every entry asks for it: no BigInt, which would be garbage each time.
        const nanoseconds = performance.now() * 1e6
        data.setUint32(at, nanoseconds % 2 ** 32, true)
        data.setUint32(at + 4, nanoseconds / 2 ** 32, true)
      }),
    random_get: (_context: CallContext, to: number, length: number) =>
      guarded(() => {
        randomFillSync(memory.view(to, length))
      }),
    fd_write: (_context: CallContext, fd: number, vectors: number, count: number, out: number) =>
      guarded(() => {
        let text = ''
        let written = 0
        for (let i = 0; i < count && written < mostPrinted; i++) {
          const vector = (vectors >>> 0) + 8 * i
          const { data } = memory
          const length = Math.min(data.getUint32(vector + 4, true), mostPrinted - written)
          const bytes = memory.view(data.getUint32(vector, true), length)
          text += decoder.decode(bytes)
          written += bytes.length
        }
        logger[fd === standardError ? 'warn' : 'info'](text.trimEnd())
        memory.data.setUint32(out >>> 0, written, true)
      }),
    fd_close: () => badFile,
    fd_fdstat_get: () => badFile,
    fd_seek: () => badFile,
    // An attached guest never sleeps: its timers are the host's to keep.
    poll_oneoff: () => notSupported,
  }
}
