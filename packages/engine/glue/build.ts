// What only the build calls: the engine's build and the compiler. None of it stays exported in a plugin.

import { _initialize, isUndefined, JS_Call, JS_DupValue, JS_FreeCString, JS_FreeValue, JS_GetException, JS_GetGlobalObject, JS_NewCFunction2, JS_NewObject, JS_SetPropertyStr, JS_ToCStringLen2, JS_UNDEFINED, JSValue, malloc, qjs_eval_bytecode, qjs_free_value, qjs_get_context_ptr, qjs_init, qjs_is_exception, qjs_run_gc, qjs_set_interrupt_handler, qjs_set_max_stack_size, qjs_set_memory_limit, qjs_set_promise_rejection_handler } from "./quickjs"
import { context, natives, onDescribe, scratch, setAttached, setContext, setCallbacks, setFresh, setInbox, setInterruptAt, setLimitClock, setLostJob, setNatives, setScratch, setTimedOut, timedOut } from "./state"
import { drainJobs } from "./entry"
import { findHeap, zeroFree } from "./heap"
import { CLOCK_BUILD, CLOCK_MONOTONIC, timeOf } from "./wasi"

/** Starts QuickJS. `global` is the name of the property through which the prelude gets the natives. */
export function ews_init(global: usize): i32 {
  _initialize()
  findHeap()
  if (qjs_init() != 0) return -1
  setContext(qjs_get_context_ptr())
  setScratch(malloc(256))
  qjs_set_interrupt_handler(1)
  qjs_set_promise_rejection_handler(1)
  setNatives(JS_NewObject(context))
  const globalThis = JS_GetGlobalObject(context)
  JS_SetPropertyStr(context, globalThis, global, JS_DupValue(context, natives))
  JS_FreeValue(context, globalThis)
  return 0
}

/** Makes the function at this table slot a native of that name. */
export function ews_define(name: usize, slot: i32): void {
  JS_SetPropertyStr(context, natives, name, JS_NewCFunction2(context, slot, name, 0, 0, 0))
}

/** The slots of functions that QuickJS calls. */
export function ews_callbacks(resizeBlock: i32, send: i32, data: i32, next: i32): void {
  setCallbacks(resizeBlock, send, data, next)
}

/**
 * Evaluates bytecode and runs its promise jobs. Returns the completion value as a C string, which
 * `ews_free_text` frees; 0 with an exception for `ews_exception`.
 */
export function ews_evaluate(bytes: usize, length: i32): usize {
  const boxed = qjs_eval_bytecode(bytes, length)
  const text = qjs_is_exception(boxed) ? 0 : JS_ToCStringLen2(context, scratch, load<i64>(boxed), 0)
  qjs_free_value(boxed)
  if (text) drainJobs()
  return text
}

/** The pending exception as the prelude describes it (JSON), or as text before there is a prelude. */
export function ews_exception(): usize {
  const exception = JS_GetException(context)
  let description = exception
  if (!isUndefined(onDescribe)) {
    store<i64>(scratch + 128, exception)
    description = JS_Call(context, onDescribe, JS_UNDEFINED, 1, scratch + 128)
  }
  return JS_ToCStringLen2(context, scratch, description, 0)
}

export function ews_free_text(text: usize): void {
  JS_FreeCString(context, text)
}

/** Limits of a guest that nobody attached; they also hold for the author's top level. */
export function ews_bound(stack_bytes: i32, memory_bytes: i32): void {
  qjs_set_max_stack_size(stack_bytes)
  qjs_set_memory_limit(memory_bytes)
}

/**
 * From here on what is evaluated is interrupted after so many milliseconds of the build's own clock;
 * 0 for no limit, and what was interrupted is forgotten.
 */
export function ews_limit(ms: i32): void {
  setTimedOut(0)
  setLostJob(0)
  setLimitClock(ms > 0 ? CLOCK_BUILD : CLOCK_MONOTONIC)
  setInterruptAt(ms > 0 ? timeOf(CLOCK_BUILD, scratch) + <u64>ms * 1000000 : 0)
  // No time may be left over where a snapshot finds it.
  memory.fill(scratch, 0, 256)
}

/** 1 when something has been interrupted since the limit was set, be it a promise job. */
export function ews_interrupted(): i32 {
  return timedOut
}

/**
 * The last act before a snapshot: no garbage. Returns how many free bytes were zeroed, -1 when the
 * heap could not be read.
 */
export function ews_seal(): i32 {
  qjs_run_gc()
  setFresh(1)
  setAttached(0)
  return zeroFree()
}

/** In the slots of natives that a plugin has no use for. */
export function ews_nothing(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_UNDEFINED
}
