// Host functions of `extism:host/user`. The compiler appends, per import, an adapter of type
// (arguments: i32) -> () to the table: it loads the arguments from 8-byte cells at `arguments`,
// calls the import and stores its result in the first cell. So the engine itself imports none.

import { fromCell, toCell } from "./cells"
import { deliverFetched, fetch } from "./deliver"
import { newRecipe } from "./message-event"
import { handOverFirst } from "./outbox"
import { arg, free, isInt, isUndefined, JS_DupValue, JS_EXCEPTION, js_free, js_malloc, JS_FreeCString, JS_NewStringLen, JS_NewUint8ArrayCopy, JS_ThrowOutOfMemory, JS_ToCStringLen2, JS_ToInt32, JS_UNDEFINED, JSValue, malloc, newInt } from "./quickjs"
import { context, failure, failureLength, inbox, inboxAt, inboxCapacity, inboxEnd, pollSlot, scratch, setFailure, setInbox, setListener, setPollsByHand, timedOut } from "./state"
import { FORM_EVENT, removeTarget, setTarget } from "./targets"
import { borrow, bytesAt, bytesLength, giveBack } from "./values"

const MAX_ARGUMENTS = 12

@inline function intArgument(argc: i32, argv: usize, index: i32): i32 {
  const value = arg(argc, argv, index)
  if (isInt(value)) return <i32>value
  return JS_ToInt32(context, scratch, value) < 0 ? 0 : load<i32>(scratch)
}

/**
 * call(slot, signature, ...args): any import. Signature: a type letter per parameter, then the result's.
 * Returns what it returned, or a string when it failed: the failure as JSON, see `__ews_throw`.
 */
export function js_call(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const slot = intArgument(argc, argv, 0)
  const signature = JS_ToCStringLen2(c, scratch, arg(argc, argv, 1), 0)
  if (!signature) return JS_EXCEPTION
  const count = <i32>load<u32>(scratch) - 1
  const cells = malloc(8 * (count > 0 ? count : 1))
  if (!cells) return JS_ThrowOutOfMemory(c)
  let failed = false
  for (let i = 0; i < count && !failed; i++) {
    const cell = cells + (<usize>i << 3)
    failed = !toCell(c, load<u8>(signature + i), cell, arg(argc, argv, i + 2))
  }
  const kind = load<u8>(signature + count)
  JS_FreeCString(c, signature)
  handOverFirst()
  let result: JSValue = JS_EXCEPTION
  if (!failed) {
    call_indirect<void>(slot, cells)
    result = failureLength ? takeFailure(c) : fromCell(c, kind, cells, false)
  }
  free(cells)
  return result
}

function takeFailure(c: usize): JSValue {
  const text = JS_NewStringLen(c, failure, failureLength)
  free(failure)
  setFailure(0, 0)
  return text
}

/**
 * direct(slot, ...args): an import of the direct layer. Numbers are passed as i32; one string or
 * Uint8Array, as the last argument, is passed as pointer and length. Returns the i32 result.
 */
export function js_direct(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  handOverFirst()
  const slot = intArgument(argc, argv, 0)
  const last = argc - 1
  if (last > MAX_ARGUMENTS) return JS_EXCEPTION
  const cells = scratch + 16
  let cell = cells
  for (let i = 1; i < last; i++, cell += 8) store<i32>(cell, intArgument(argc, argv, i))
  const value = arg(argc, argv, last)
  if (isInt(value)) {
    store<i32>(cell, <i32>value)
    call_indirect<void>(slot, cells)
  } else {
    if (!borrow(value)) return JS_EXCEPTION
    store<u32>(cell, <u32>bytesAt)
    store<u32>(cell + 8, bytesLength)
    call_indirect<void>(slot, cells)
    giveBack()
  }
  return newInt(load<i32>(cells))
}

/**
 * directRead(slot, capacity, ...ints): an import of the direct layer whose last two arguments are a
 * block and its capacity. Returns what was written as a Uint8Array, or the negative result.
 */
export function js_directRead(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  handOverFirst()
  const slot = intArgument(argc, argv, 0)
  const capacity = <u32>intArgument(argc, argv, 1)
  if (argc > MAX_ARGUMENTS) return JS_EXCEPTION
  const block = malloc(capacity)
  if (!block) return JS_ThrowOutOfMemory(c)
  const cells = scratch + 16
  let cell = cells
  for (let i = 2; i < argc; i++, cell += 8) store<i32>(cell, intArgument(argc, argv, i))
  store<u32>(cell, <u32>block)
  store<u32>(cell + 8, capacity)
  call_indirect<void>(slot, cells)
  const written = load<i32>(cells)
  const result = written < 0 ? newInt(written) : JS_NewUint8ArrayCopy(c, block, <u32>written < capacity ? written : capacity)
  free(block)
  return result
}

/** reserve(bytes): the inbox block can take one record of that size. */
export function js_reserve(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const bytes = <u32>intArgument(argc, argv, 0)
  if (bytes <= inboxCapacity || inboxAt < inboxEnd) return JS_UNDEFINED
  const block = js_malloc(c, bytes)
  if (!block) return JS_EXCEPTION
  if (inbox) js_free(c, inbox)
  setInbox(block, bytes)
  return JS_UNDEFINED
}

/** Bytes of drained records that are not delivered yet. */
export function js_undelivered(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return newInt(inboxEnd - inboxAt)
}

/**
 * listen(poll, progress, event, thrown): from here on events are drained by the host function of slot `poll`
 * and delivered as deliver.ts says.
 */
export function js_listen(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  setListener(
    intArgument(argc, argv, 0),
    intArgument(argc, argv, 1),
    JS_DupValue(c, arg(argc, argv, 2)),
    JS_DupValue(c, arg(argc, argv, 3)),
  )
  return JS_UNDEFINED
}

/** Dispatches do not poll by themselves any more: the loop does, by `poll`. */
export function js_pollByHand(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  setPollsByHand(1)
  return JS_UNDEFINED
}

/**
 * target(socket, form, function, ...): takes the messages of the socket; without a function, none does. Of events, how
 * they are made follows (message-event.ts).
 */
export function js_target(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const socket = <u32>intArgument(argc, argv, 0)
  const form = intArgument(argc, argv, 1)
  const callee = arg(argc, argv, 2)
  if (isUndefined(callee)) removeTarget(socket)
  else {
    const taker: i64 = form >= FORM_EVENT ? <i64>newRecipe(argc, argv) : JS_DupValue(c, callee)
    if (taker == 0 || !setTarget(socket, form, taker)) return JS_ThrowOutOfMemory(c)
  }
  return JS_UNDEFINED
}

/**
 * poll(timeout): delivers what an interrupt left over, then fetches, and delivers that. Returns how many records were
 * delivered, or the host's negative result.
 */
export function js_poll(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const left = deliverFetched()
  if (left < 0) return JS_EXCEPTION
  if (timedOut) return newInt(left)
  const waiting = fetch(pollSlot, left > 0 ? 0 : intArgument(argc, argv, 0))
  if (waiting < 0) return newInt(waiting)
  if (waiting == 0) return inbox ? newInt(0) : JS_EXCEPTION
  const delivered = deliverFetched()
  return delivered < 0 ? JS_EXCEPTION : newInt(left + delivered)
}
