// The way of events into the author's code: drained into a block of guest memory with one host call, then
// handed over one by one, or as a batch.

import { drainJobs } from "./entry"
import { acceptOf, callbackOf, fire } from "./message-event"
import { handOverFirst } from "./outbox"
import { free, isException, isInt, isString, isUndefined, JS_Call, JS_DupValue, JS_EXCEPTION, js_free, js_free_rt, js_realloc, js_realloc_rt, JS_FreeValue, JS_GetException, JS_GetTypedArrayBuffer, js_malloc, JS_NewArrayBufferCopy, JS_NewArrayFrom, JS_NewStringLen, JS_NewUint8Array, JS_NewUint8ArrayCopy, JS_ThrowOutOfMemory, JS_UNDEFINED, JSValue, malloc, newInt } from "./quickjs"
import { context, inbox, inboxAt, inboxCapacity, inboxEnd, onEvent, onThrown, progressSlot, resizeBlockSlot, scratch, setInbox, setInboxRange, timedOut, tracked } from "./state"
import { FORM_BATCH, FORM_BUFFER, FORM_BYTES, FORM_EVENT, formOf, functionOf, recipeOf, targetOf } from "./targets"

const RECORD_HEADER: u32 = 16
const RECORD_MESSAGE: u8 = 2
const OPCODE_TEXT: u16 = 1
// How far the guest is with an event that it fetched (protocol: Progress).
const DELIVERING = 1
const DELIVERED = 2
const KEPT = 3
/** Usually: what is in it stays in the processor's cache. */
const USUAL_INBOX: u32 = 65536
/** A message of so many bytes takes its block over, when it is alone there. */
const LEAST_TAKEN: u32 = 16384
/** Behind so many messages of a batch its reader gets a turn. */
const LARGEST_BATCH: u32 = 256

/**
 * Drains the session's inbox into guest memory with one call of `slot`. Returns the bytes that wait there
 * now, or the host's negative result; 0 with an exception pending when there is no memory for a block.
 */
export function fetch(slot: i32, timeoutMs: i32): i32 {
  if (inboxAt < inboxEnd) return inboxEnd - inboxAt
  setInboxRange(0, 0)
  // A smaller one, where a message has taken the last and there is no memory for another of its size.
  if (!inbox && inboxCapacity > USUAL_INBOX && !makeInbox(inboxCapacity)) JS_FreeValue(context, JS_GetException(context))
  if (!inbox && !makeInbox(USUAL_INBOX)) return 0
  handOverFirst()
  const cells = scratch + 16
  store<i32>(cells, timeoutMs)
  store<u32>(cells + 8, <u32>inbox)
  store<u32>(cells + 16, inboxCapacity)
  call_indirect<void>(slot, cells)
  const written = load<i32>(cells)
  if (written > 0) setInboxRange(0, <u32>written)
  return written
}

function makeInbox(capacity: u32): bool {
  const block = js_malloc(context, capacity)
  if (block) setInbox(block, capacity)
  return block != 0
}

/**
 * Delivers what waits in the guest's memory, promise jobs after each event, and after each batch. Messages of
 * sockets with a target go there, everything else to `onEvent(type, flags, code, id, payload)`. Returns how
 * many records were delivered; -1 with an exception pending. What an interrupt leaves over is delivered by the
 * next call.
 *
 * A host that may build the plugin anew hears when an event is being delivered and when it was. `onEvent`
 * returns the step (protocol: Progress) of what is not done with when it returns.
 */
export function deliverFetched(): i32 {
  let delivered: u32 = 0
  if (inboxAt >= inboxEnd) return 0
  const values = malloc(8 * LARGEST_BATCH)
  if (!values) {
    JS_ThrowOutOfMemory(context)
    return -1
  }
  let failed = false
  while (inboxAt < inboxEnd && !timedOut && !failed) {
    failed = !deliverNext(values)
    delivered++
  }
  free(values)
  return failed ? -1 : delivered
}

function deliverNext(values: usize): bool {
  const record = inbox + inboxAt
  // The host is trusted with the guest, but a guest that checks is easier to debug.
  if (!isWhole(record)) {
    setInboxRange(0, 0)
    return true
  }
  const socket = load<u32>(record, 8)
  const target = load<u8>(record, 4) == RECORD_MESSAGE ? targetOf(socket) : 0
  if (!target) return deliverEvent(record, socket, values)
  return formOf(target) == FORM_BATCH
    ? deliverBatch(socket, functionOf(target), values)
    : deliverMessage(record, socket, target, values)
}

function isWhole(record: usize): bool {
  const size = load<u32>(record)
  return size >= RECORD_HEADER && load<u32>(record, 12) <= size - RECORD_HEADER && size <= inboxEnd - inboxAt
}

/** Behind the record; where there is no block any more, its only message has taken it over. */
@inline function advance(size: u32): void {
  if (inbox) setInboxRange(inboxAt + size, inboxEnd)
}

/** Text as a string, everything else as bytes. */
function payloadOf(record: usize, form: i32): JSValue {
  const bytes = record + RECORD_HEADER
  const length = load<u32>(record, 12)
  if (load<u8>(record, 4) == RECORD_MESSAGE && load<u16>(record, 6) == OPCODE_TEXT) {
    return JS_NewStringLen(context, bytes, length)
  }
  if (length >= LEAST_TAKEN && inboxAt == 0 && load<u32>(record) == inboxEnd) return takeBlock(length, form)
  return form == FORM_BUFFER
    ? JS_NewArrayBufferCopy(context, bytes, length)
    : JS_NewUint8ArrayCopy(context, bytes, length)
}

/** Bytes over the block itself: it has no other record, and its message is not copied again. */
function takeBlock(length: u32, form: i32): JSValue {
  // What is behind the message must not stay with it: a block may be much larger. This moves nothing.
  // Nor is the next one as large: kept messages would leave a hole of that size behind each of them.
  const capacity = inboxEnd > USUAL_INBOX ? inboxEnd : USUAL_INBOX
  const block = js_realloc(context, inbox, inboxEnd)
  if (!block) return JS_EXCEPTION
  setInbox(block, inboxEnd)
  isTaking = true
  const view = JS_NewUint8Array(context, block + RECORD_HEADER, length, resizeBlockSlot, 0, 0)
  isTaking = false
  if (isException(view)) return view
  setInbox(0, capacity)
  setInboxRange(0, 0)
  if (form != FORM_BUFFER) return view
  const buffer = JS_GetTypedArrayBuffer(context, view, 0, 0, 0)
  JS_FreeValue(context, view)
  return buffer
}

/** Whether QuickJS is about to take a block over: it frees what it could not take. */
let isTaking = false

/**
 * Called by QuickJS for bytes of a block that was taken over: size 0 when nothing refers to them any more, another when
 * the author gives their buffer another one.
 */
export function ews_resizeBlock(runtime: usize, opaque: usize, bytes: usize, size: usize): usize {
  if (isTaking) return 0
  const block = bytes - RECORD_HEADER
  if (size == 0) {
    js_free_rt(runtime, block)
    return 0
  }
  const resized = js_realloc_rt(runtime, block, size + RECORD_HEADER)
  return resized ? resized + RECORD_HEADER : 0
}

function deliverEvent(record: usize, socket: u32, values: usize): bool {
  const size = load<u32>(record)
  const type = load<u8>(record, 4)
  const flags = load<u8>(record, 5)
  const code = load<u16>(record, 6)
  const made = payloadOf(record, FORM_BUFFER)
  const payload = isException(made) ? withoutMemory(type) : made
  advance(size)
  report(socket, DELIVERING)
  store<i64>(values, newInt(type))
  store<i64>(values, newInt(flags), 8)
  store<i64>(values, newInt(code), 16)
  store<i64>(values, newInt(socket), 24)
  store<i64>(values, payload, 32)
  const result = JS_Call(context, onEvent, JS_UNDEFINED, 5, values)
  JS_FreeValue(context, payload)
  if (isException(result)) {
    report(socket, DELIVERED)
    return false
  }
  const step = isInt(result) ? <i32>result : DELIVERED
  JS_FreeValue(context, result)
  // First, because a reader may go on in a promise job.
  if (step != DELIVERED) report(socket, step)
  drainJobs()
  if (step == DELIVERED) report(socket, step)
  return true
}

/**
 * There was no memory for a message: its socket hears of that in its place. An event that is no message is small; a
 * plugin that has no memory for it has come to its end.
 */
function withoutMemory(type: u8): JSValue {
  JS_FreeValue(context, JS_GetException(context))
  if (type != RECORD_MESSAGE) unreachable()
  return JS_UNDEFINED
}

/** The same for a message that has a target. */
function refuse(record: usize, socket: u32, values: usize): bool {
  JS_FreeValue(context, JS_GetException(context))
  return deliverEvent(record, socket, values)
}

/** One message, which is handled when its target has returned. */
function deliverMessage(record: usize, socket: u32, target: usize, values: usize): bool {
  const size = load<u32>(record)
  const form = formOf(target)
  const payload = payloadOf(record, form == FORM_BYTES ? FORM_BYTES : FORM_BUFFER)
  if (isException(payload)) return refuse(record, socket, values)
  advance(size)
  report(socket, DELIVERING)
  const done = form >= FORM_EVENT
    ? handEvent(recipeOf(target), form == FORM_EVENT || isString(payload), payload, values)
    : hand(functionOf(target), payload, 1, values)
  JS_FreeValue(context, payload)
  if (done) drainJobs()
  report(socket, DELIVERED)
  return done
}

/** The messages of a socket that lie one behind the other, which its target keeps. */
function deliverBatch(socket: u32, callee: JSValue, values: usize): bool {
  const start = inboxAt
  let count: u32 = 0
  let bytes: u32 = 0
  while (count < LARGEST_BATCH && inboxAt < inboxEnd) {
    const record = inbox + inboxAt
    if (!isWhole(record) || load<u32>(record, 8) != socket || load<u8>(record, 4) != RECORD_MESSAGE) break
    const size = load<u32>(record)
    const length = load<u32>(record, 12)
    const payload = payloadOf(record, FORM_BYTES)
    if (isException(payload)) {
      if (count == 0) return refuse(record, socket, values)
      // Again, when those before it are gone.
      JS_FreeValue(context, JS_GetException(context))
      break
    }
    store<i64>(values + (<usize>count << 3), payload)
    advance(size)
    count++
    bytes += length
  }
  // It takes the values over, or frees them.
  const messages = JS_NewArrayFrom(context, count, values)
  if (isException(messages)) {
    // Still there, unless their block was taken over.
    if (inbox) setInboxRange(start, inboxEnd)
    return false
  }
  for (let i: u32 = 0; i < count && tracked; i++) {
    report(socket, DELIVERING)
    report(socket, KEPT)
  }
  store<i64>(values, newInt(bytes), 8)
  const done = hand(callee, messages, 2, values)
  JS_FreeValue(context, messages)
  if (done) drainJobs()
  return done
}

/** Calls a function with what it takes, and what is behind that in `argv` already. */
function hand(target: JSValue, taken: JSValue, argc: i32, argv: usize): bool {
  // It may give its socket another target.
  const callee = JS_DupValue(context, target)
  store<i64>(argv, taken)
  const result = JS_Call(context, callee, JS_UNDEFINED, argc, argv)
  JS_FreeValue(context, callee)
  return settle(result, argv)
}

/** Fires an event where that is done here, and otherwise has it done. */
function handEvent(recipe: usize, makes: bool, payload: JSValue, argv: usize): bool {
  const callback = makes ? callbackOf(recipe) : JS_UNDEFINED
  if (isUndefined(callback)) return hand(acceptOf(recipe), payload, 1, argv)
  const result = fire(recipe, callback, payload, argv)
  JS_FreeValue(context, callback)
  return settle(result, argv)
}

/** What was thrown is reported; false when it was cut off, with that exception pending. */
function settle(result: JSValue, argv: usize): bool {
  if (!isException(result)) {
    JS_FreeValue(context, result)
    return true
  }
  if (timedOut) return false
  store<i64>(argv, JS_GetException(context))
  const reported = JS_Call(context, onThrown, JS_UNDEFINED, 1, argv)
  JS_FreeValue(context, load<i64>(argv))
  JS_FreeValue(context, reported)
  return !isException(reported)
}

function report(socket: u32, step: i32): void {
  if (!tracked) return
  const cells = scratch + 16
  store<u32>(cells, socket)
  store<i32>(cells, step, 8)
  call_indirect<void>(progressSlot, cells)
}
