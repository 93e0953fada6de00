// Native functions of the prelude: `js_x` is `native.x` there (src/prelude/native.ts has their types).
// A native that returns JS_EXCEPTION has left an exception pending.

import { block_free, block_length, config_get, error_set, inputLength, log_debug, log_error, log_info, log_warn, newBlock, output_set, readBlock, readInput, var_get, var_set } from "./extism"
import { arg, free, isException, isNull, isTrue, isUndefined, JS_DupValue, JS_EXCEPTION, JS_FreeCString, JS_NewArray, JS_NewNumber, JS_NewSettledPromise, JS_NewStringLen, JS_NewUint8ArrayCopy, JS_NULL, JS_SetPropertyUint32, JS_ThrowOutOfMemory, JS_ToCStringLen2, JS_ToFloat64, JS_ToInt32, JS_ToInt64Ext, JS_UNDEFINED, JSValue, newBool, newInt } from "./quickjs"
import { fromCell, toCell } from "./cells"
import { attached, cells, context, lostJob, pushed, pushedLength, scratch, seed, setHandlers, setLostJob, setPushed, setSeed, setTracked, setWakeAt, started, timedOut } from "./state"
import { drainJobs, wake } from "./entry"
import { repair, wellFormedPrefix } from "./utf8"
import { allocate, borrow, bytesAt, bytesLength, giveBack, takeBytes } from "./values"
import { monotonic, random_get, sleep } from "./wasi"

export function js_enter(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  setHandlers(
    JS_DupValue(c, arg(argc, argv, 0)),
    JS_DupValue(c, arg(argc, argv, 1)),
    JS_DupValue(c, arg(argc, argv, 2)),
    JS_DupValue(c, arg(argc, argv, 3)),
    JS_DupValue(c, arg(argc, argv, 4)),
    JS_DupValue(c, arg(argc, argv, 5)),
  )
  return JS_UNDEFINED
}

export function js_features(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return attached ? newInt(attached & 0x7fffffff) : JS_NULL
}

export function js_runJobs(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return newInt(drainJobs())
}

export function js_timedOut(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return newBool(timedOut != 0)
}

/** Whether an interrupt cut off a promise job since the last time this was asked. */
export function js_takeLostJob(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const lost = lostJob
  setLostJob(0)
  return newBool(lost != 0)
}

/** wake(at): the loop wants to run at that time, in monotonic milliseconds, if it does not sooner. */
export function js_wake(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (JS_ToFloat64(c, scratch, arg(argc, argv, 0)) < 0) return JS_EXCEPTION
  wake(load<f64>(scratch))
  return JS_UNDEFINED
}

/** rest(until): the loop has done what there was, and wants to run at that time, neither sooner nor later. */
export function js_rest(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (JS_ToFloat64(c, scratch, arg(argc, argv, 0)) < 0) return JS_EXCEPTION
  setWakeAt(load<f64>(scratch))
  return JS_UNDEFINED
}

/** Has the host hear how far the guest is with its events. */
export function js_track(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  setTracked(1)
  return JS_UNDEFINED
}

/** A promise that is fulfilled with a value that is no thenable. */
export function js_resolved(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewSettledPromise(c, 0, arg(argc, argv, 0))
}

export function js_now(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewNumber(c, <f64>monotonic(scratch) / 1e6)
}

export function js_sleep(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (JS_ToFloat64(c, scratch, arg(argc, argv, 0)) < 0) return JS_EXCEPTION
  sleep(<u64>(load<f64>(scratch) * 1e6), scratch)
  return JS_UNDEFINED
}

/** xorshift64*, as QuickJS's own Math.random, whose state cannot be reseeded from outside. */
export function js_random(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  let x = seed
  x ^= x >> 12
  x ^= x << 25
  x ^= x >> 27
  setSeed(x)
  const mantissa = (x * 0x2545f4914f6cdd1d) >> 12
  return JS_NewNumber(c, reinterpret<f64>(mantissa | (<u64>0x3ff << 52)) - 1.0)
}

export function js_randomFill(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (!borrow(arg(argc, argv, 0))) return JS_EXCEPTION
  random_get(bytesAt, bytesLength)
  giveBack()
  return JS_UNDEFINED
}

export function js_encode(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (!borrow(arg(argc, argv, 0))) return JS_EXCEPTION
  const length = bytesLength
  const copy = allocate(length)
  if (copy) memory.copy(copy, bytesAt, length)
  giveBack()
  return copy ? takeBytes(copy, length) : JS_EXCEPTION
}

/** decode(bytes, fatal): null when the bytes are malformed and that is fatal. */
export function js_decode(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (!borrow(arg(argc, argv, 0))) return JS_EXCEPTION
  let text: JSValue
  if (wellFormedPrefix(bytesAt, bytesLength) == bytesLength) {
    text = JS_NewStringLen(c, bytesAt, bytesLength)
  } else if (isTrue(arg(argc, argv, 1))) {
    text = JS_NULL
  } else {
    const copy = allocate(bytesLength * 3)
    text = copy ? JS_NewStringLen(c, copy, repair(bytesAt, bytesLength, copy)) : JS_EXCEPTION
    if (copy) free(copy)
  }
  giveBack()
  return text
}

/** Monotonic milliseconds at the first entry of this instance; 0 while the plugin is built. */
export function js_started(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewNumber(c, <f64>started / 1e6)
}

/** arguments(signature): those of the running entry as an array; i64 as BigInt, as js-pdk has it. */
export function js_arguments(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const letters = JS_ToCStringLen2(c, scratch, arg(argc, argv, 0), 0)
  if (!letters) return JS_EXCEPTION
  const count = load<u32>(scratch)
  const values = JS_NewArray(c)
  for (let i: u32 = 0; i < count && !isException(values); i++) {
    JS_SetPropertyUint32(c, values, i, fromCell(c, load<u8>(letters + i), cells + (<usize>i << 3), true))
  }
  JS_FreeCString(c, letters)
  return values
}

/** result(letter, value): what the running entry returns, where its export has such a type. */
export function js_result(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const letter = JS_ToCStringLen2(c, scratch, arg(argc, argv, 0), 0)
  if (!letter) return JS_EXCEPTION
  const done = toCell(c, load<u8>(letter), cells, arg(argc, argv, 1))
  JS_FreeCString(c, letter)
  return done ? JS_UNDEFINED : JS_EXCEPTION
}

/** The records that the host put into our memory since this was last asked; null for none. */
export function js_pushed(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (!pushed) return JS_NULL
  const records = JS_NewUint8ArrayCopy(c, pushed, pushedLength)
  // Without memory for the copy they stay, for the next dispatch.
  if (isException(records)) return records
  free(pushed)
  setPushed(0, 0)
  return records
}

export function js_input(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const length = inputLength()
  const copy = allocate(length)
  if (!copy) return JS_EXCEPTION
  readInput(copy, length)
  return takeBytes(copy, length)
}

/** Argument 0 as a new Extism block; 0 with an exception pending when there is no memory. */
function blockOf(argc: i32, argv: usize, index: i32): u64 {
  if (!borrow(arg(argc, argv, index))) return 0
  const block = newBlock(bytesAt, bytesLength)
  giveBack()
  if (!block) JS_ThrowOutOfMemory(context)
  return block
}

export function js_output(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const block = blockOf(argc, argv, 0)
  if (!block) return JS_EXCEPTION
  output_set(block, bytesLength)
  return JS_UNDEFINED
}

export function js_fail(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const block = blockOf(argc, argv, 0)
  if (!block) return JS_EXCEPTION
  error_set(block)
  return JS_UNDEFINED
}

export function js_log(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (JS_ToInt32(c, scratch, arg(argc, argv, 0)) < 0) return JS_EXCEPTION
  const level = load<i32>(scratch)
  const block = blockOf(argc, argv, 1)
  if (!block) return JS_EXCEPTION
  if (level <= 1) log_debug(block)
  else if (level == 2) log_info(block)
  else if (level == 3) log_warn(block)
  else log_error(block)
  return JS_UNDEFINED
}

/** The bytes of a block that the host allocated for us, which is freed; null for no block. */
function bytesOfBlock(block: u64): JSValue {
  if (block == 0) return JS_NULL
  const length = <u32>block_length(block)
  const copy = allocate(length)
  if (!copy) return JS_EXCEPTION
  readBlock(block, copy, length)
  return takeBytes(copy, length)
}

export function js_config(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const key = blockOf(argc, argv, 0)
  return key ? bytesOfBlock(config_get(key)) : JS_EXCEPTION
}

export function js_varGet(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const key = blockOf(argc, argv, 0)
  return key ? bytesOfBlock(var_get(key)) : JS_EXCEPTION
}

export function js_varSet(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const value = arg(argc, argv, 1)
  const block = isUndefined(value) || isNull(value) ? 0 : blockOf(argc, argv, 1)
  if (!block && !isUndefined(value) && !isNull(value)) return JS_EXCEPTION
  const key = blockOf(argc, argv, 0)
  if (!key) return JS_EXCEPTION
  var_set(key, block)
  return JS_UNDEFINED
}

function offsetOf(argc: i32, argv: usize): u64 {
  return JS_ToInt64Ext(context, scratch, arg(argc, argv, 0)) < 0 ? 0 : load<u64>(scratch)
}

export function js_blockNew(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const block = blockOf(argc, argv, 0)
  return block ? JS_NewNumber(c, <f64>block) : JS_EXCEPTION
}

export function js_blockLength(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  return JS_NewNumber(c, <f64>block_length(offsetOf(argc, argv)))
}

export function js_blockFree(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  block_free(offsetOf(argc, argv))
  return JS_UNDEFINED
}

/** blockRead(offset, length): at most what the block holds. */
export function js_blockRead(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  const block = offsetOf(argc, argv)
  if (JS_ToFloat64(c, scratch, arg(argc, argv, 1)) < 0) return JS_EXCEPTION
  const wanted = load<f64>(scratch)
  const held = block_length(block)
  const length = <u32>(wanted < <f64>held ? wanted : <f64>held)
  const copy = allocate(length)
  if (!copy) return JS_EXCEPTION
  readBlock(block, copy, length)
  return takeBytes(copy, length)
}
