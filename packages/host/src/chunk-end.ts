let reading = false
const waiting: (() => void)[] = []

/**
 * Runs a task behind all that the current I/O callback still delivers. That is when the chunk has been read that is
 * being read now; otherwise in the next tick, to which Node comes through C++ and back: dear behind a wait, when nothing
 * of it is in the processor's caches.
 */
export function atChunkEnd(task: () => void): void {
  if (reading) waiting.push(task)
  else process.nextTick(task)
}

/** Reads a chunk, and then runs what asked to be run behind it. */
export function readChunk(chunk: Buffer, read: (chunk: Buffer) => void): void {
  // Whoever reads already comes to its end.
  if (reading) return read(chunk)
  reading = true
  try {
    read(chunk)
  } finally {
    reading = false
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) run(task)
  }
}

/** What it throws is nobody's, as in the next tick, and keeps no other from running. */
function run(task: () => void): void {
  try {
    task()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
