// Tables in linear memory: open addressing, with keys that are not 0. An entry has 16 bytes, of which the first
// four are its key. At most half of the entries are used.

import { free, malloc } from "./quickjs"

// The head of a table: where its entries are, how many there are, and how many are used.
const CAPACITY: usize = 4
const COUNT: usize = 8
const HEAD_BYTES = 12
const ENTRY_SHIFT = 4
const FIRST_CAPACITY: u32 = 8

/** An empty table; 0 when there is no memory. */
export function newTable(): usize {
  const table = malloc(HEAD_BYTES)
  if (table) memory.fill(table, 0, HEAD_BYTES)
  return table
}

@inline function entryAt(table: usize, index: u32): usize {
  return load<usize>(table) + (<usize>index << ENTRY_SHIFT)
}

/** Fibonacci hashing: keys may count up, or be addresses. */
@inline function home(table: usize, key: u32): u32 {
  return ((key * 0x9e3779b1) >> 8) & (load<u32>(table, CAPACITY) - 1)
}

/** The entry of a key, or the empty one where it would be. */
function find(table: usize, key: u32): usize {
  const mask = load<u32>(table, CAPACITY) - 1
  let index = home(table, key)
  let entry = entryAt(table, index)
  while (load<u32>(entry) != key && load<u32>(entry) != 0) {
    index = (index + 1) & mask
    entry = entryAt(table, index)
  }
  return entry
}

/** The entry of a key; 0 when it has none, or there is no table. */
export function entryOf(table: usize, key: u32): usize {
  if (!table || load<u32>(table, COUNT) == 0) return 0
  const entry = find(table, key)
  return load<u32>(entry) == 0 ? 0 : entry
}

/** The same, and a new one that is zero but for its key; 0 when there is no memory for it. */
export function makeEntry(table: usize, key: u32): usize {
  const count = load<u32>(table, COUNT)
  if ((count + 1) * 2 > load<u32>(table, CAPACITY) && !grow(table)) return 0
  const entry = find(table, key)
  if (load<u32>(entry) == 0) {
    store<u32>(table, count + 1, COUNT)
    memory.fill(entry, 0, 1 << ENTRY_SHIFT)
    store<u32>(entry, key)
  }
  return entry
}

/** Takes an entry out. Others may move. */
export function removeEntry(table: usize, removed: usize): void {
  const mask = load<u32>(table, CAPACITY) - 1
  let hole = <u32>((removed - load<usize>(table)) >> ENTRY_SHIFT)
  // What lies behind and would have been nearer to its home moves up: a search ends at an empty entry.
  for (let index = (hole + 1) & mask; ; index = (index + 1) & mask) {
    const entry = entryAt(table, index)
    const key = load<u32>(entry)
    if (key == 0) break
    if (((index - home(table, key)) & mask) < ((index - hole) & mask)) continue
    memory.copy(entryAt(table, hole), entry, 1 << ENTRY_SHIFT)
    hole = index
  }
  store<u32>(entryAt(table, hole), 0)
  store<u32>(table, load<u32>(table, COUNT) - 1, COUNT)
}

function grow(table: usize): bool {
  const old = load<usize>(table)
  const oldCapacity = load<u32>(table, CAPACITY)
  const capacity = oldCapacity ? oldCapacity * 2 : FIRST_CAPACITY
  const bytes = <usize>capacity << ENTRY_SHIFT
  const entries = malloc(bytes)
  if (!entries) return false
  memory.fill(entries, 0, bytes)
  store<usize>(table, entries)
  store<u32>(table, capacity, CAPACITY)
  for (let index: u32 = 0; index < oldCapacity; index++) {
    const entry = old + (<usize>index << ENTRY_SHIFT)
    const key = load<u32>(entry)
    if (key != 0) memory.copy(find(table, key), entry, 1 << ENTRY_SHIFT)
  }
  if (old) free(old)
  return true
}
