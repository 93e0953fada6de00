// What is free of QuickJS's heap, set to zero: garbage in a snapshot costs size in every plugin.
// wasi-libc's allocator is dlmalloc: chunks lie one behind the other, and each begins with the size
// of the chunk before it (only when that one is free) and its own size, whose low bits are flags.

import { free, malloc } from "./quickjs"
import { heapStart, setHeapStart } from "./state"

const HEADER: usize = 8
const FLAGS: usize = 7
const IN_USE: usize = 2
const SMALLEST_CHUNK: usize = 16
/** Below this size a free chunk is linked by two pointers; from it on it is a node of a tree. */
const SMALLEST_TREE_CHUNK: usize = 256
const SMALL_LINKS: usize = 8
const TREE_LINKS: usize = 24
/** What dlmalloc keeps at the end of its memory, behind the last free chunk. */
const FOOT: usize = 40

/** Finds where the heap begins: the first block ever allocated is its first chunk. */
export function findHeap(): void {
  const first = malloc(1)
  setHeapStart(first - HEADER)
  free(first)
}

/**
 * Zeroes every free chunk but for its links. Nothing is written unless all chunks from the first to
 * the last add up to the whole heap: another allocator would not look like that.
 *
 * @returns how many bytes were zeroed; -1 when the heap is not dlmalloc's.
 */
export function zeroFree(): i32 {
  if (!walk(false)) return -1
  zeroed = 0
  walk(true)
  return <i32>zeroed
}

let zeroed: usize = 0

function walk(write: bool): bool {
  const end = (<usize>memory.size()) << 16
  let chunk = heapStart
  while (chunk + FOOT < end) {
    const head = load<usize>(chunk + 4)
    const size = head & ~FLAGS
    if (size < SMALLEST_CHUNK || size > end - chunk) return false
    if ((head & IN_USE) == 0) {
      const last = chunk + size + FOOT >= end
      const links = last ? 0 : size < SMALLEST_TREE_CHUNK ? SMALL_LINKS : TREE_LINKS
      const from = chunk + HEADER + links
      // The next chunk's first word is the size of this one, while it is free.
      if (write && from < chunk + size) {
        memory.fill(from, 0, chunk + size - from)
        zeroed += chunk + size - from
      }
      if (last) return true
    }
    chunk += size
  }
  return false
}
