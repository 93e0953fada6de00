// Host functions of `extism:host/user`. The compiler appends, per import, an adapter of type
// (arguments: i32) -> () to the table: it loads the arguments from 8-byte cells at `arguments`,
// calls the import and stores its result in the first cell. So the engine itself imports none.

import { fromCell, toCell } from "./cells"
import { drainJobs } from "./entry"
import { arg, free, isException, isInt, isString, isUndefined, JS_Call, JS_EXCEPTION, JS_FreeCString, JS_FreeValue, JS_NewArrayBufferCopy, JS_NewStringLen, JS_NewUint8ArrayCopy, JS_ThrowOutOfMemory, JS_ToCStringLen2, JS_ToInt32, JS_UNDEFINED, JSValue, malloc, newInt } from "./quickjs"
import { context, failure, failureLength, inbox, inboxAt, inboxCapacity, inboxEnd, scratch, setFailure, setInbox, setInboxRange, timedOut } from "./state"
import { borrow, bytesAt, bytesLength, giveBack } from "./values"

const MAX_ARGUMENTS = 12
const RECORD_HEADER: u32 = 16
const RECORD_MESSAGE: u8 = 2
const OPCODE_TEXT: u16 = 1
// How far the guest is with an event that it fetched (protocol: Progress).
const DELIVERING = 1
const DELIVERED = 2
const FIRST_INBOX: u32 = 65536
const LARGEST_USUAL_INBOX: u32 = 1048576

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
  const block = malloc(bytes)
  if (!block) return JS_ThrowOutOfMemory(c)
  if (inbox) free(inbox)
  setInbox(block, bytes)
  return JS_UNDEFINED
}

/** Bytes of drained records that are not delivered yet. */
export function js_undelivered(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return newInt(inboxEnd - inboxAt)
}

/**
 * poll(slot, timeout, deliver, progress): drains the session's inbox into guest memory with one host
 * call and calls `deliver(type, flags, code, id, payload)` for each record, promise jobs after each.
 * Text arrives as a string, everything else as an ArrayBuffer. Returns how many records were
 * delivered, or the host's negative result. What an interrupt leaves over is delivered by the next poll.
 *
 * The host hears through `progress`, a slot, when an event is being delivered and when it was, so that it knows
 * what was lost with a plugin that died. `deliver` returns the step (protocol: Progress) of what is not done
 * with when it returns: kept for later, or handed to a reader.
 */
export function js_poll(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (inboxAt >= inboxEnd) {
    // A flood earns a larger block: fewer crossings, each with more events.
    if (inboxEnd * 2 > inboxCapacity && inboxCapacity < LARGEST_USUAL_INBOX) {
      const larger = malloc(inboxCapacity * 2)
      if (larger) {
        free(inbox)
        setInbox(larger, inboxCapacity * 2)
      }
    }
    setInboxRange(0, 0)
    if (!inbox) {
      const block = malloc(FIRST_INBOX)
      if (!block) return JS_ThrowOutOfMemory(c)
      setInbox(block, FIRST_INBOX)
    }
    const cells = scratch + 16
    store<i32>(cells, intArgument(argc, argv, 1))
    store<u32>(cells + 8, <u32>inbox)
    store<u32>(cells + 16, inboxCapacity)
    call_indirect<void>(intArgument(argc, argv, 0), cells)
    const written = load<i32>(cells)
    if (written <= 0) return newInt(written)
    setInboxRange(0, <u32>written)
  }
  const deliver = arg(argc, argv, 2)
  const progress = intArgument(argc, argv, 3)
  const values = malloc(40)
  if (!values) return JS_ThrowOutOfMemory(c)
  let delivered = 0
  let failed = false
  while (inboxAt < inboxEnd && !timedOut && !failed) {
    failed = !deliverRecord(c, deliver, values, progress)
    delivered++
  }
  free(values)
  return failed ? JS_EXCEPTION : newInt(delivered)
}

function report(progress: i32, socket: i32, step: i32): void {
  const cells = scratch + 16
  store<i32>(cells, socket)
  store<i32>(cells + 8, step)
  call_indirect<void>(progress, cells)
}

function deliverRecord(c: usize, deliver: JSValue, values: usize, progress: i32): bool {
  const record = inbox + inboxAt
  const size = load<u32>(record)
  const type = load<u8>(record, 4)
  const code = load<u16>(record, 6)
  const length = load<u32>(record, 12)
  // The host is trusted with the guest, but a guest that checks is easier to debug.
  if (size < RECORD_HEADER || length > size - RECORD_HEADER || size > inboxEnd - inboxAt) {
    setInboxRange(0, 0)
    return true
  }
  const payload = type == RECORD_MESSAGE && code == OPCODE_TEXT
    ? JS_NewStringLen(c, record + RECORD_HEADER, length)
    : JS_NewArrayBufferCopy(c, record + RECORD_HEADER, length)
  // Out of memory: the record stays, and the exception says so.
  if (isException(payload)) return false
  setInboxRange(inboxAt + size, inboxEnd)
  const socket = load<i32>(record, 8)
  report(progress, socket, DELIVERING)
  store<i64>(values, newInt(type))
  store<i64>(values + 8, newInt(load<u8>(record, 5)))
  store<i64>(values + 16, newInt(code))
  store<i64>(values + 24, newInt(socket))
  store<i64>(values + 32, payload)
  const result = JS_Call(c, deliver, JS_UNDEFINED, 5, values)
  JS_FreeValue(c, payload)
  if (isException(result)) {
    report(progress, socket, DELIVERED)
    return false
  }
  const step = isInt(result) ? <i32>result : DELIVERED
  JS_FreeValue(c, result)
  // First, because a reader may go on in a promise job.
  if (step != DELIVERED) report(progress, socket, step)
  drainJobs()
  if (step == DELIVERED) report(progress, socket, step)
  return true
}
