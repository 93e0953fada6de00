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
      if (!cancelled[other]) {
        // A copy: who reads a chunk may change it.
        const copy = chunk.then((bytes) => bytes?.slice())
        // A failure is for who reads, and the other one may never do.
        copy.catch(() => {})
        queues[other].push(copy)
      }
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
