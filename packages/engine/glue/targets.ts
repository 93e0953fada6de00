// Which function takes the messages of a socket: a table whose entries are a socket, a form, and a JavaScript
// function.

import { JS_FreeValue, JSValue } from "./quickjs"
import { context, setTargets, targets } from "./state"
import { entryOf, makeEntry, newTable, removeEntry } from "./table"

/** How a function is handed messages (src/prelude/native.ts). */
export const FORM_BUFFER = 1
export const FORM_BYTES = 2
export const FORM_BATCH = 3

/** The entry of a socket; 0 when it has none. */
@inline export function targetOf(socket: u32): usize {
  return entryOf(targets, socket)
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
  if (!targets) setTargets(newTable())
  const entry = targets ? makeEntry(targets, socket) : 0
  if (!entry) return false
  // 0 is a number: nothing to be freed.
  JS_FreeValue(context, functionOf(entry))
  store<i32>(entry, form, 4)
  store<i64>(entry, callee, 8)
  return true
}

export function removeTarget(socket: u32): void {
  const entry = targetOf(socket)
  if (!entry) return
  const callee = functionOf(entry)
  removeEntry(targets, entry)
  JS_FreeValue(context, callee)
}
