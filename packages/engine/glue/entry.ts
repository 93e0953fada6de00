// What the host calls: the shims of the author's exports come here with an index, and the exports of the attach
// handshake (protocol: guestExports).

import { deliverFetched, fetch } from "./deliver"
import { error_set, newBlock } from "./extism"
import { handOver, nextTurn } from "./outbox"
import { free, isException, isUndefined, JS_Call, JS_FreeCString, JS_FreeValue, JS_GetException, JS_ToCStringLen2, JS_ToInt32, JS_UNDEFINED, JSValue, malloc, newInt, qjs_execute_pending_job, qjs_free_value, qjs_is_job_pending, qjs_set_max_stack_size, qjs_set_memory_limit } from "./quickjs"
import { blocksUsed, cellCount, cells, context, cutOffBy, failure, fresh, inbox, inboxAt, inboxCapacity, inboxEnd, interruptAt, limitClock, lostJob, onCall, onDispatch, onInterrupted, onPending, onRejection, pollsByHand, pollSlot, pushed, scratch, setAttached, setBlocksUsed, setCells, setCutOffBy, setFailure, setFresh, setInterruptAt, setLostJob, setPushed, setSeed, setStarted, setTimedOut, setTimeLimit, setWakeAt, setWoken, timedOut, timeLimit, wakeAt, woken } from "./state"
import { monotonic, random_get, timeOf } from "./wasi"

const ABI_VERSION = 1

// Regions of the scratch block that stay in use while other functions run.
const ARGUMENTS: usize = 128
const REJECTION: usize = 136
const CLOCK: usize = 160

/** How many blocks of events one delivery takes: large messages come in blocks of their own. */
const MOST_BLOCKS = 16

/** When the entry began, in nanoseconds. */
let entered: u64 = 0

/** Starts an entry: reseeds a fresh instance, and sets the time by which the entry must return. */
function begin(): void {
  if (fresh) {
    setFresh(0)
    random_get(scratch, 8)
    setSeed(load<u64>(scratch) | 1)
    setStarted(monotonic(scratch))
  }
  setTimedOut(0)
  setWoken(0)
  nextTurn()
  entered = monotonic(scratch)
  setInterruptAt(timeLimit ? entered + timeLimit : 0)
}

/** Calls one of the prelude's functions: the entry ends with it. */
function run(handler: JSValue, argument: JSValue): i32 {
  // QuickJS uses the argument vector in place: nothing else may write there during the call.
  const argv = scratch + ARGUMENTS
  store<i64>(argv, argument)
  const result = JS_Call(context, handler, JS_UNDEFINED, 1, argv)
  return isException(result) ? cutOff() : leave(result)
}

/** The entry was interrupted, or ran out of memory; the exception is pending. */
function cutOff(): i32 {
  return runCutOff(JS_GetException(context))
}

/**
 * The prelude catches what can be caught. What arrives here is an interrupt, or memory that ran out while the
 * prelude itself worked: let it fail the running call, without a deadline.
 */
function runCutOff(exception: JSValue): i32 {
  setInterruptAt(0)
  const argv = scratch + ARGUMENTS
  store<i64>(argv, exception)
  const result = JS_Call(context, onInterrupted, JS_UNDEFINED, 1, argv)
  JS_FreeValue(context, load<i64>(argv))
  if (!isException(result)) return leave(result)
  handOver()
  reportException()
  return 1
}

function leave(result: JSValue): i32 {
  handOver()
  setInterruptAt(0)
  JS_ToInt32(context, scratch, result)
  JS_FreeValue(context, result)
  return load<i32>(scratch)
}

/** The last resort: the exception as the Extism error. */
function reportException(): void {
  const exception = JS_GetException(context)
  const text = JS_ToCStringLen2(context, scratch, exception, 0)
  if (text) {
    error_set(newBlock(text, load<u32>(scratch)))
    JS_FreeCString(context, text)
  }
  JS_FreeValue(context, exception)
}

export function ews_call(index: i32): i32 {
  begin()
  return run(onCall, newInt(index))
}

/** Cells for the arguments of the entry that comes next; 0 when there is no memory for them. */
export function ews_cells(count: i32): usize {
  if (count > cellCount) {
    if (cells) free(cells)
    const block = malloc(<usize>count << 3)
    setCells(block, block ? count : 0)
  }
  return cells
}

/** A block for records that the next dispatch delivers; 0 when there is no memory for it. */
export function __ews_reserve(bytes: i32): usize {
  if (pushed) free(pushed)
  const block = bytes > 0 ? malloc(bytes) : 0
  setPushed(block, block ? <u32>bytes : 0)
  return block
}

/** A host function of the running entry waited so long: that time is not the guest's own. */
export function __ews_waited(milliseconds: f64): void {
  if (interruptAt) setInterruptAt(interruptAt + <u64>(milliseconds * 1e6))
}

/** A block for the failure of the host function that runs, which its caller throws; 0 for no memory. */
export function __ews_throw(bytes: i32): usize {
  if (failure) free(failure)
  const block = bytes > 0 ? malloc(bytes) : 0
  setFailure(block, block ? <u32>bytes : 0)
  return block
}

export function __ews_attach(features: i32, timeout_ms: i32, stack_bytes: i32, memory_bytes: i32): i32 {
  setAttached(features | (1 << 31))
  setTimeLimit(<u64>timeout_ms * 1000000)
  if (stack_bytes > 0) qjs_set_max_stack_size(stack_bytes)
  if (memory_bytes != 0) qjs_set_memory_limit(<usize>memory_bytes)
  return ABI_VERSION
}

/** Runs everything that is due. */
export function __ews_dispatch(): i32 {
  begin()
  const exception = cutOffBy
  if (isUndefined(exception)) return run(onDispatch, JS_UNDEFINED)
  setCutOffBy(JS_UNDEFINED)
  // What it leaves to be done is done by another dispatch: there is one output.
  wake(0)
  return runCutOff(exception)
}

/**
 * Events of sockets, without the loop, which is JavaScript: for the round trip of one message its steps would
 * cost as much as the message.
 */
export function __ews_deliver(): i32 {
  begin()
  const result = deliver()
  handOver()
  setInterruptAt(0)
  return result
}

function deliver(): i32 {
  setBlocksUsed(0)
  if (!pollSlot || pollsByHand || pushed || !isUndefined(cutOffBy) || wakeAt <= <f64>entered / 1e6) return 1
  for (let blocks = 0; blocks < MOST_BLOCKS; blocks++) {
    // What an interrupt left over is not all.
    const isRest = inboxAt < inboxEnd
    const waiting = fetch(pollSlot, 0)
    // What the host refuses is reported by the loop, which asks again.
    if (waiting < 0) return 1
    if (!inbox) {
      // As is memory that ran out.
      JS_FreeValue(context, JS_GetException(context))
      return 1
    }
    if (deliverFetched() < 0) {
      setCutOffBy(JS_GetException(context))
      break
    }
    if (timedOut || !isRest && (woken || <u32>waiting * 2 < inboxCapacity)) break
  }
  return woken || timedOut || lostJob || blocksUsed || !isUndefined(cutOffBy) ? 1 : 0
}

/** The loop wants to run at that time. */
export function wake(at: f64): void {
  if (at >= wakeAt) return
  setWakeAt(at)
  setWoken(1)
}

export function __ews_deadline(): f64 {
  if (inboxAt < inboxEnd || pushed || timedOut) return 0
  if (wakeAt == Infinity) return Infinity
  return max(0, wakeAt - <f64>monotonic(scratch) / 1e6)
}

export function __ews_pending(): i32 {
  const result = JS_Call(context, onPending, JS_UNDEFINED, 0, 0)
  if (isException(result) || JS_ToInt32(context, scratch, result) < 0) return 0
  return load<i32>(scratch)
}

/** Runs promise jobs until none is left or the entry is interrupted. Returns how many ran. */
export function drainJobs(): i32 {
  let count = 0
  while (!timedOut && qjs_is_job_pending()) {
    if (qjs_execute_pending_job() < 0) {
      JS_FreeValue(context, JS_GetException(context))
      if (timedOut) setLostJob(1)
    }
    count++
  }
  return count
}

/** QuickJS asks every few thousand operations whether to go on. */
export function host_interrupt(): i32 {
  if (interruptAt == 0) return 0
  if (timedOut || timeOf(limitClock, scratch + CLOCK) > interruptAt) {
    setTimedOut(1)
    return 1
  }
  return 0
}

export function host_promise_rejection(promise: usize, reason: usize, handled: i32): void {
  if (!handled) wake(0)
  const argv = scratch + REJECTION
  store<i64>(argv, load<i64>(promise))
  store<i64>(argv + 8, load<i64>(reason))
  store<i64>(argv + 16, newInt(handled))
  JS_FreeValue(context, JS_Call(context, onRejection, JS_UNDEFINED, 3, argv))
  qjs_free_value(promise)
  qjs_free_value(reason)
}
