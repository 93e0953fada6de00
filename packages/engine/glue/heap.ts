// What is free of QuickJS's heap, set to zero: garbage in a snapshot costs size in every plugin.
//
// wasi-libc's allocator is dlmalloc: chunks lie one behind the other, and each begins with the size
// of the chunk before it (only when that one is free) and its own size, whose low bits are flags.
// On top of it QuickJS keeps small blocks in arenas, chunks of about 4 KB (JSMallocArena in
// quickjs.c): links, then four u16, then blocks of one size, each with a header of 8 bytes.

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

const LARGEST_ARENA: usize = 4200
const ARENA_SIZE_INDEX: usize = 16
const ARENA_USED: usize = 18
const ARENA_COUNT: usize = 20
const ARENA_FIRST_FREE: usize = 22
const ARENA_BLOCKS: usize = 24
const BLOCK_HEADER: usize = 8
const FEWEST_BLOCKS: u32 = 7
const NO_BLOCK: u32 = 0xffff

/** Finds where the heap begins: the first block ever allocated is its first chunk. */
export function findHeap(): void {
  const first = malloc(1)
  setHeapStart(first - HEADER)
  free(first)
}

/**
 * Zeroes every free chunk, but for its links, and every free block of an arena. Nothing is written
 * unless all chunks from the first to the last add up to the whole heap: another allocator would not
 * look like that.
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
    } else if (write && size < LARGEST_ARENA) zeroArena(chunk + HEADER, size)
    chunk += size
  }
  return false
}

/** Zeroes the free blocks of an arena, if this is one: nothing else has all that is checked. */
function zeroArena(arena: usize, chunkSize: usize): void {
  const count = <u32>load<u16>(arena + ARENA_COUNT)
  const used = <u32>load<u16>(arena + ARENA_USED)
  if (count < FEWEST_BLOCKS || used > count || chunkSize < ARENA_BLOCKS + HEADER + 16 * count) return
  // The chunk is larger than its blocks by less than they differ in size.
  const blockSize = ((chunkSize - HEADER - ARENA_BLOCKS + 4) / count) & ~7
  const sizeIndex = load<u16>(arena + ARENA_SIZE_INDEX)
  const blocks = arena + ARENA_BLOCKS
  for (let i: u32 = 0; i < count; i++) {
    if (<u16>load<u8>(blocks + i * blockSize + 2) != sizeIndex) return
  }
  let free: u32 = 0
  for (let i = firstFree(arena); i != NO_BLOCK; i = <u32>load<u16>(blocks + i * blockSize)) {
    if (i >= count || ++free > count - used) return
  }
  if (free != count - used) return
  for (let i = firstFree(arena); i != NO_BLOCK; i = <u32>load<u16>(blocks + i * blockSize)) {
    memory.fill(blocks + i * blockSize + BLOCK_HEADER, 0, blockSize - BLOCK_HEADER)
    zeroed += blockSize - BLOCK_HEADER
  }
}

@inline function firstFree(arena: usize): u32 {
  return <u32>load<u16>(arena + ARENA_FIRST_FREE)
}
