/** A stretch of memory, in bytes: from `start` up to, not including, `end`. */
export interface Run {
  readonly start: number
  readonly end: number
}

/**
 * Finds what a memory holds besides zeros. Two runs are never closer than `gap` bytes: shorter
 * stretches of zeros stay part of a run.
 */
export function nonZeroRuns(memory: Uint8Array, gap: number): Run[] {
  const words = wordsOf(memory)
  const runs: Run[] = []
  let start = nextNonZero(memory, words, 0)
  while (start < memory.length) {
    let end = nextZero(memory, start)
    let next = nextNonZero(memory, words, end)
    while (next < memory.length && next - end < gap) {
      end = nextZero(memory, next)
      next = nextNonZero(memory, words, end)
    }
    runs.push({ start, end })
    start = next
  }
  return runs
}

/** The same memory by words, for long stretches of zeros; empty when it is not aligned. */
function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return byteOffset % 4 === 0
    ? new Uint32Array(buffer, byteOffset, Math.floor(length / 4))
    : new Uint32Array()
}

function nextZero(memory: Uint8Array, from: number): number {
  let at = from
  while (at < memory.length && memory[at] !== 0) at++
  return at
}

function nextNonZero(memory: Uint8Array, words: Uint32Array, from: number): number {
  let at = from
  while (at % 4 !== 0 && memory[at] === 0) at++
  if (at % 4 === 0) {
    let word = at / 4
    while (words[word] === 0) word++
    at = word * 4
  }
  while (memory[at] === 0) at++
  return at
}
