// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) to JavaScript values: what messages mostly
// consist of. Everything else, and everything that is wrong, is left to a decoder in JavaScript, which can say what it is.

import { arg, free, isException, JS_DefinePropertyValue, JS_EXCEPTION, JS_FreeAtom, JS_FreeValue, JS_NewArrayFrom, JS_NewAtomLen, JS_NewNumber, JS_NewObject, JS_NewStringLen, JS_NewUint8ArrayCopy, JS_NULL, JS_ThrowOutOfMemory, JS_UNDEFINED, JSValue, malloc, newBool, newInt } from "./quickjs"
import { context } from "./state"
import { wellFormedPrefix } from "./utf8"
import { borrow, bytesAt, bytesLength, giveBack } from "./values"

const MOST_NESTED = 32
const WRITABLE_ENUMERABLE_CONFIGURABLE = 7

let at: usize = 0
let end: usize = 0
/** Whether something came that is not for this decoder. */
let left = false

/** unpack(bytes): the value, or undefined for what is not decoded here. */
export function js_unpack(c: usize, self: JSValue, argc: i32, argv: usize): JSValue {
  if (!borrow(arg(argc, argv, 0))) return JS_EXCEPTION
  at = bytesAt
  end = at + bytesLength
  left = false
  const value = valueOf(0)
  giveBack()
  if (isException(value) || (!left && at == end)) return value
  JS_FreeValue(c, value)
  return JS_UNDEFINED
}

function leave(): JSValue {
  left = true
  return JS_UNDEFINED
}

@inline function has(bytes: u32): bool {
  return <usize>bytes <= end - at
}

/** A big-endian number of 1, 2 or 4 bytes; `has` was asked. */
function length(bytes: u32): u32 {
  const from = at
  at += bytes
  if (bytes == 1) return load<u8>(from)
  return bytes == 2 ? <u32>bswap<u16>(load<u16>(from)) : bswap<u32>(load<u32>(from))
}

function valueOf(depth: i32): JSValue {
  if (!has(1) || depth > MOST_NESTED) return leave()
  const format = load<u8>(at++)
  if (format < 0x80) return newInt(format)
  if (format >= 0xe0) return newInt(<i32><i8>format)
  if (format < 0x90) return mapOf(format & 0x0f, depth)
  if (format < 0xa0) return arrayOf(format & 0x0f, depth)
  if (format < 0xc0) return textOf(format & 0x1f)
  switch (format) {
    case 0xc0: return JS_NULL
    case 0xc2: return newBool(false)
    case 0xc3: return newBool(true)
    case 0xca: {
      if (!has(4)) return leave()
      return JS_NewNumber(context, <f64>reinterpret<f32>(length(4)))
    }
    case 0xcb: {
      if (!has(8)) return leave()
      at += 8
      return JS_NewNumber(context, reinterpret<f64>(bswap<u64>(load<u64>(at - 8))))
    }
    case 0xcf: {
      if (!has(8)) return leave()
      at += 8
      return JS_NewNumber(context, <f64>bswap<u64>(load<u64>(at - 8)))
    }
    case 0xd3: {
      if (!has(8)) return leave()
      at += 8
      return JS_NewNumber(context, <f64><i64>bswap<u64>(load<u64>(at - 8)))
    }
  }
  // A number, or a length, of 1, 2 or 4 bytes: the same three in every group.
  const size = sizeOf(format)
  if (size == 0 || !has(size)) return leave()
  const number = length(size)
  if (format <= 0xc6) return bytesOf(number)
  if (format <= 0xce) return JS_NewNumber(context, <f64>number)
  if (format <= 0xd2) return newInt(size == 1 ? <i32><i8>number : size == 2 ? <i32><i16>number : <i32>number)
  if (format <= 0xdb) return textOf(number)
  return format <= 0xdd ? arrayOf(number, depth) : mapOf(number, depth)
}

/** 0 for formats that are left to others: extensions, and those that do not exist. */
function sizeOf(format: u8): u32 {
  switch (format) {
    case 0xc4: case 0xcc: case 0xd0: case 0xd9: return 1
    case 0xc5: case 0xcd: case 0xd1: case 0xda: case 0xdc: case 0xde: return 2
    case 0xc6: case 0xce: case 0xd2: case 0xdb: case 0xdd: case 0xdf: return 4
    default: return 0
  }
}

function textOf(bytes: u32): JSValue {
  if (!has(bytes) || wellFormedPrefix(at, bytes) != bytes) return leave()
  at += bytes
  return JS_NewStringLen(context, at - bytes, bytes)
}

function bytesOf(bytes: u32): JSValue {
  if (!has(bytes)) return leave()
  at += bytes
  return JS_NewUint8ArrayCopy(context, at - bytes, bytes)
}

function arrayOf(count: u32, depth: i32): JSValue {
  // Each element has a byte at least: nothing is made of what is only claimed.
  if (!has(count)) return leave()
  const values = malloc(8 * (count ? count : 1))
  if (!values) return JS_ThrowOutOfMemory(context)
  for (let i: u32 = 0; i < count; i++) {
    const value = valueOf(depth + 1)
    if (left || isException(value)) {
      for (let made: u32 = 0; made < i; made++) JS_FreeValue(context, load<i64>(values + (<usize>made << 3)))
      free(values)
      return value
    }
    store<i64>(values + (<usize>i << 3), value)
  }
  const array = JS_NewArrayFrom(context, count, values)
  free(values)
  return array
}

function mapOf(count: u32, depth: i32): JSValue {
  if (count > 0x7fffffff || !has(2 * count)) return leave()
  const object = JS_NewObject(context)
  if (isException(object)) return object
  for (let i: u32 = 0; i < count; i++) {
    const key = keyOf()
    const value = key ? valueOf(depth + 1) : left ? JS_UNDEFINED : JS_EXCEPTION
    if (!left && !isException(value) && JS_DefinePropertyValue(context, object, key, value, WRITABLE_ENUMERABLE_CONFIGURABLE) >= 0) {
      JS_FreeAtom(context, key)
      continue
    }
    if (key) JS_FreeAtom(context, key)
    JS_FreeValue(context, object)
    return left ? JS_UNDEFINED : JS_EXCEPTION
  }
  return object
}

/** The atom of a text; 0 for another key, which is left to others, or with an exception pending. */
function keyOf(): u32 {
  if (!has(1)) {
    left = true
    return 0
  }
  const format = load<u8>(at++)
  const size: u32 = format == 0xd9 ? 1 : format == 0xda ? 2 : 0
  let bytes: u32 = format & 0x1f
  if (size) {
    if (!has(size)) {
      left = true
      return 0
    }
    bytes = length(size)
  } else if (format < 0xa0 || format >= 0xc0) {
    left = true
    return 0
  }
  // Two underscores: `__proto__` is refused, and with a reason.
  if (!has(bytes) || wellFormedPrefix(at, bytes) != bytes || (bytes == 9 && load<u16>(at) == 0x5f5f)) {
    left = true
    return 0
  }
  at += bytes
  return JS_NewAtomLen(context, at - bytes, bytes)
}
