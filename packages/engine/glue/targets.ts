// Who takes the messages of a socket: a table whose entries are a socket, a form, and a JavaScript function, or how
// its events are made.

import { freeRecipe } from "./message-event"
import { JS_FreeValue, JSValue } from "./quickjs"
import { context, setTargets, targets } from "./state"
import { entryOf, makeEntry, newTable, removeEntry } from "./table"

/** How a function is handed messages (src/prelude/native.ts). */
export const FORM_BUFFER = 1
export const FORM_BYTES = 2
export const FORM_BATCH = 3
/** As the data of an event, which is made here; binary as a buffer. */
export const FORM_EVENT = 4
/** The same for text: what is binary is handed over as a buffer. */
export const FORM_TEXT_EVENT = 5

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

@inline export function recipeOf(entry: usize): usize {
  return load<u32>(entry, 8)
}

/** Takes over the reference to a function, or a recipe. False when there is no memory. */
export function setTarget(socket: u32, form: i32, callee: i64): bool {
  if (!targets) setTargets(newTable())
  const entry = targets && socket != 0 ? makeEntry(targets, socket) : 0
  if (!entry) return false
  forget(formOf(entry), load<i64>(entry, 8))
  store<i32>(entry, form, 4)
  store<i64>(entry, callee, 8)
  return true
}

function forget(form: i32, callee: i64): void {
  if (form >= FORM_EVENT) freeRecipe(<usize>callee)
  // A new entry has a number, of which there is nothing to be freed.
  else JS_FreeValue(context, callee)
}

export function removeTarget(socket: u32): void {
  const entry = targetOf(socket)
  if (!entry) return
  const form = formOf(entry)
  const callee = load<i64>(entry, 8)
  removeEntry(targets, entry)
  forget(form, callee)
}
