// Which function takes the messages of a socket: an open-addressing table in linear memory. Entries
// are a socket (0: none), a form, and a JavaScript function. At most half of them are used.

import { free, JS_FreeValue, JSValue, malloc } from "./quickjs"
import { context, setTargets, targetCapacity, targetCount, targets } from "./state"

/** How a function is handed messages (src/prelude/native.ts). */
export const FORM_BUFFER = 1
export const FORM_BYTES = 2
export const FORM_BATCH = 3

const ENTRY_SHIFT = 4
const FIRST_CAPACITY: u32 = 8

@inline function entryAt(index: u32): usize {
  return targets + (<usize>index << ENTRY_SHIFT)
}

/** Fibonacci hashing: ids count up, and those that are open may be far apart. */
@inline function home(socket: u32): u32 {
  return ((socket * 0x9e3779b1) >> 8) & (targetCapacity - 1)
}

/** The entry of a socket, or the empty one where it would be. */
function find(socket: u32): usize {
  let index = home(socket)
  let entry = entryAt(index)
  while (load<u32>(entry) != socket && load<u32>(entry) != 0) {
    index = (index + 1) & (targetCapacity - 1)
    entry = entryAt(index)
  }
  return entry
}

/** The entry of a socket; 0 when it has none. */
export function targetOf(socket: u32): usize {
  if (targetCount == 0) return 0
  const entry = find(socket)
  return load<u32>(entry) == 0 ? 0 : entry
}

@inline export function formOf(entry: usize): i32 {
  return load<i32>(entry, 4)
}

@inline export function functionOf(entry: usize): JSValue {
  return load<i64>(entry, 8)
}

/** Takes the reference to `callee` over. False when there is no memory. */
export function setTarget(socket: u32, form: i32, callee: JSValue): bool {
  if (socket == 0) return false
  if ((targetCount + 1) * 2 > targetCapacity && !grow()) return false
  const entry = find(socket)
  if (load<u32>(entry) == 0) setTargets(targets, targetCapacity, targetCount + 1)
  else JS_FreeValue(context, functionOf(entry))
  store<u32>(entry, socket)
  store<i32>(entry, form, 4)
  store<i64>(entry, callee, 8)
  return true
}

export function removeTarget(socket: u32): void {
  const removed = targetOf(socket)
  if (!removed) return
  const callee = functionOf(removed)
  const mask = targetCapacity - 1
  let hole = <u32>((removed - targets) >> ENTRY_SHIFT)
  // What lies behind and would have been nearer to its home moves up: a search ends at an empty entry.
  for (let index = (hole + 1) & mask; ; index = (index + 1) & mask) {
    const entry = entryAt(index)
    const socketThere = load<u32>(entry)
    if (socketThere == 0) break
    if (((index - home(socketThere)) & mask) < ((index - hole) & mask)) continue
    memory.copy(entryAt(hole), entry, 1 << ENTRY_SHIFT)
    hole = index
  }
  store<u32>(entryAt(hole), 0)
  setTargets(targets, targetCapacity, targetCount - 1)
  JS_FreeValue(context, callee)
}

function grow(): bool {
  const old = targets
  const oldCapacity = targetCapacity
  const capacity = oldCapacity ? oldCapacity * 2 : FIRST_CAPACITY
  const bytes = <usize>capacity << ENTRY_SHIFT
  const block = malloc(bytes)
  if (!block) return false
  memory.fill(block, 0, bytes)
  setTargets(block, capacity, targetCount)
  for (let index: u32 = 0; index < oldCapacity; index++) {
    const entry = old + (<usize>index << ENTRY_SHIFT)
    const socket = load<u32>(entry)
    if (socket != 0) memory.copy(find(socket), entry, 1 << ENTRY_SHIFT)
  }
  if (old) free(old)
  return true
}
