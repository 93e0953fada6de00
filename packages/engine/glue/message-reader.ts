// The step of a loop over messages, as `next` of packages/guest/src/message-iterator.ts takes it where it has nothing to
// decide: in JavaScript that takes a third as long as the rest of the step.

import { arg, isException, isInt, isUndefined, JS_Call, JS_DefinePropertyValue, JS_EXCEPTION, JS_FreeValue, JS_GetPropertyUint32, JS_NewCFunctionData, JS_NewObject, JS_NewSettledPromise, JS_SetPropertyUint32, JS_UNDEFINED, JS_ValueToAtom, JSValue, newBool, newInt } from "./quickjs"
import { nextSlot } from "./state"

/** Configurable, writable and enumerable. */
const PLAIN = 7

// A cursor, which is an array (packages/guest/src/message-cursor.ts).
const MESSAGES: u32 = 0
const READ: u32 = 1
const FREE: u32 = 2

let valueKey: u32 = 0
let doneKey: u32 = 0

/**
 * stepping(slow, holder, value, done): a method `next` that takes what the holder's cursor lets it take, and leaves the
 * rest to `slow`. The names are those of a result's properties, of which QuickJS has its own copies.
 */
export function js_stepping(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  valueKey = JS_ValueToAtom(c, arg(argc, argv, 2))
  doneKey = JS_ValueToAtom(c, arg(argc, argv, 3))
  return JS_NewCFunctionData(c, nextSlot, 0, 0, 2, argv)
}

/** The method that `stepping` makes. */
export function ews_next(c: usize, self: JSValue, argc: i32, argv: usize, magic: i32, data: usize): JSValue {
  const cursor = JS_GetPropertyUint32(c, load<i64>(data, 8), 0)
  const message = take(c, cursor)
  JS_FreeValue(c, cursor)
  return isUndefined(message) ? JS_Call(c, load<i64>(data), self, 0, 0) : settled(c, message)
}

/** Undefined for what must go another way. */
function take(c: usize, cursor: JSValue): JSValue {
  const read = JS_GetPropertyUint32(c, cursor, READ)
  const free = JS_GetPropertyUint32(c, cursor, FREE)
  if (!isInt(read) || !isInt(free) || <i32>read >= <i32>free) return JS_UNDEFINED
  const messages = JS_GetPropertyUint32(c, cursor, MESSAGES)
  const message = JS_GetPropertyUint32(c, messages, <u32>read)
  JS_SetPropertyUint32(c, messages, <u32>read, JS_UNDEFINED)
  JS_FreeValue(c, messages)
  JS_SetPropertyUint32(c, cursor, READ, newInt(<i32>read + 1))
  return message
}

/** A fulfilled promise of a result with the message, which is taken over. */
function settled(c: usize, message: JSValue): JSValue {
  const result = JS_NewObject(c)
  if (isException(result)) {
    JS_FreeValue(c, message)
    return result
  }
  let promise: JSValue = JS_EXCEPTION
  if (JS_DefinePropertyValue(c, result, valueKey, message, PLAIN) >= 0
    && JS_DefinePropertyValue(c, result, doneKey, newBool(false), PLAIN) >= 0) {
    promise = JS_NewSettledPromise(c, 0, result)
  }
  JS_FreeValue(c, result)
  return promise
}
