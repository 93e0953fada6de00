// Between JavaScript values and bytes in linear memory.

import { free, isException, isNull, isString, isUndefined, JS_EXCEPTION, JS_FreeCString, JS_GetUint8Array, JS_NewUint8ArrayCopy, JS_ThrowOutOfMemory, JS_ToCStringLen2, JSValue, malloc } from "./quickjs"
import { context, scratch } from "./state"
import { replaceSurrogates } from "./utf8"

/** Where the bytes of the last `borrow` are; valid until `giveBack`. */
export let bytesAt: usize = 0
export let bytesLength: u32 = 0
let text: usize = 0

/**
 * Makes the bytes of a string (as UTF-8) or a Uint8Array addressable. Undefined and null are no
 * bytes. False when the value is neither, or memory ran out: an exception is pending then.
 */
export function borrow(value: JSValue): bool {
  text = 0
  bytesAt = 0
  bytesLength = 0
  if (isUndefined(value) || isNull(value)) return true
  if (isString(value)) {
    text = JS_ToCStringLen2(context, scratch, value, 0)
    bytesAt = text
    bytesLength = text ? load<u32>(scratch) : 0
    replaceSurrogates(bytesAt, bytesLength)
    return text != 0
  }
  store<u32>(scratch, 0)
  bytesAt = JS_GetUint8Array(context, scratch, value)
  bytesLength = load<u32>(scratch)
  // A detached or empty array has no address, and no exception is pending for it.
  return bytesAt != 0 || bytesLength == 0
}

export function giveBack(): void {
  if (text) JS_FreeCString(context, text)
  text = 0
}

/** A new Uint8Array that `fill` writes: memory first, so that a failure loses nothing. */
export function allocate(length: u32): usize {
  const pointer = malloc(length + 8)
  if (!pointer) JS_ThrowOutOfMemory(context)
  return pointer
}

/** Takes over `pointer` from `allocate`: a Uint8Array with a copy, and the memory is freed. */
export function takeBytes(pointer: usize, length: u32): JSValue {
  const value = JS_NewUint8ArrayCopy(context, pointer, length)
  free(pointer)
  return isException(value) ? JS_EXCEPTION : value
}
