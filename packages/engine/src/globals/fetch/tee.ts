import type { ByteSource } from '../blob/byte-stream.js'

type Chunk = Uint8Array | undefined

/** Two sources with the bytes of one; what one reads first waits for the other. */
export function tee(source: ByteSource): [ByteSource, ByteSource] {
  const queues: [Promise<Chunk>[], Promise<Chunk>[]] = [[], []]
  const cancelled = [false, false]
  const branch = (own: 0 | 1): ByteSource => ({
    async pull() {
      const waiting = queues[own].shift()
      if (waiting !== undefined) return waiting
      const chunk = source.pull()
      const other = own === 0 ? 1 : 0
      // A copy: who reads a chunk may change it.
      if (!cancelled[other]) queues[other].push(chunk.then((bytes) => bytes?.slice()))
      return chunk
    },
    cancel(reason) {
      cancelled[own] = true
      queues[own].length = 0
      if (cancelled.every(Boolean)) source.cancel(reason)
    },
  })
  return [branch(0), branch(1)]
}
