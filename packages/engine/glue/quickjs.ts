// The part of QuickJS-ng's C API that the glue calls. JSValue is a NaN-boxed 64-bit integer.

export type JSValue = i64

export const JS_NULL: JSValue = 2 << 32
export const JS_UNDEFINED: JSValue = 3 << 32
export const JS_EXCEPTION: JSValue = 6 << 32

@inline export function isException(value: JSValue): bool {
  return (value >> 32) == 6
}

@inline export function isUndefined(value: JSValue): bool {
  return (value >> 32) == 3
}

@inline export function isNull(value: JSValue): bool {
  return (value >> 32) == 2
}

@inline export function isTrue(value: JSValue): bool {
  return value == (((<i64>1) << 32) | 1)
}

/** Strings carry tag -7, ropes (unflattened concatenations) tag -6. */
@inline export function isString(value: JSValue): bool {
  const tag = <i32>(value >> 32)
  return tag == -7 || tag == -6
}

@inline export function isObject(value: JSValue): bool {
  return <i32>(value >> 32) == -1
}

@inline export function isInt(value: JSValue): bool {
  return (value >> 32) == 0
}

/** Tag 0 above 32 bits. The mask is explicit: inlined casts of a load sign-extend (asc 0.28). */
@inline export function newInt(value: i32): JSValue {
  return (<i64>value) & 0xffffffff
}

@inline export function newBool(value: bool): JSValue {
  return ((<i64>1) << 32) | <i64>value
}

/** Argument `index` of a native function, undefined when the caller gave fewer. */
@inline export function arg(argc: i32, argv: usize, index: i32): JSValue {
  return index < argc ? load<i64>(argv + (<usize>index << 3)) : JS_UNDEFINED
}

@external("engine", "_initialize") export declare function _initialize(): void
@external("engine", "qjs_init") export declare function qjs_init(): i32
@external("engine", "qjs_get_context_ptr") export declare function qjs_get_context_ptr(): usize
@external("engine", "qjs_set_max_stack_size") export declare function qjs_set_max_stack_size(bytes: usize): void
@external("engine", "qjs_set_memory_limit") export declare function qjs_set_memory_limit(bytes: usize): void
@external("engine", "qjs_set_interrupt_handler") export declare function qjs_set_interrupt_handler(on: i32): void
@external("engine", "qjs_set_promise_rejection_handler") export declare function qjs_set_promise_rejection_handler(on: i32): void
@external("engine", "qjs_eval_bytecode") export declare function qjs_eval_bytecode(bytes: usize, length: i32): usize
@external("engine", "qjs_is_exception") export declare function qjs_is_exception(boxed: usize): i32
@external("engine", "qjs_free_value") export declare function qjs_free_value(boxed: usize): void
@external("engine", "qjs_is_job_pending") export declare function qjs_is_job_pending(): i32
@external("engine", "qjs_execute_pending_job") export declare function qjs_execute_pending_job(): i32
@external("engine", "qjs_run_gc") export declare function qjs_run_gc(): void
@external("engine", "wasm_malloc") export declare function malloc(bytes: usize): usize
@external("engine", "wasm_free") export declare function free(pointer: usize): void
@external("engine", "JS_Call") export declare function JS_Call(context: usize, callee: JSValue, self: JSValue, argc: i32, argv: usize): JSValue
@external("engine", "JS_FreeValue") export declare function JS_FreeValue(context: usize, value: JSValue): void
@external("engine", "JS_DupValue") export declare function JS_DupValue(context: usize, value: JSValue): JSValue
@external("engine", "JS_GetException") export declare function JS_GetException(context: usize): JSValue
@external("engine", "JS_GetGlobalObject") export declare function JS_GetGlobalObject(context: usize): JSValue
@external("engine", "JS_GetPropertyStr") export declare function JS_GetPropertyStr(context: usize, object: JSValue, name: usize): JSValue
@external("engine", "JS_SetPropertyStr") export declare function JS_SetPropertyStr(context: usize, object: JSValue, name: usize, value: JSValue): i32
@external("engine", "JS_NewObject") export declare function JS_NewObject(context: usize): JSValue
@external("engine", "JS_NewCFunction2") export declare function JS_NewCFunction2(context: usize, slot: i32, name: usize, length: i32, kind: i32, magic: i32): JSValue
@external("engine", "JS_NewObjectProto") export declare function JS_NewObjectProto(context: usize, prototype: JSValue): JSValue
@external("engine", "JS_ValueToAtom") export declare function JS_ValueToAtom(context: usize, value: JSValue): u32
@external("engine", "JS_GetProperty") export declare function JS_GetProperty(context: usize, object: JSValue, atom: u32): JSValue
@external("engine", "JS_SetProperty") export declare function JS_SetProperty(context: usize, object: JSValue, atom: u32, value: JSValue): i32
@external("engine", "JS_IsFunction") export declare function JS_IsFunction(context: usize, value: JSValue): i32
@external("engine", "JS_NewCFunctionData") export declare function JS_NewCFunctionData(context: usize, slot: i32, length: i32, magic: i32, dataLength: i32, data: usize): JSValue
@external("engine", "JS_NewAtomLen") export declare function JS_NewAtomLen(context: usize, text: usize, length: usize): u32
@external("engine", "JS_FreeAtom") export declare function JS_FreeAtom(context: usize, atom: u32): void
@external("engine", "JS_DefinePropertyValue") export declare function JS_DefinePropertyValue(context: usize, object: JSValue, atom: u32, value: JSValue, flags: i32): i32
@external("engine", "js_malloc") export declare function js_malloc(context: usize, bytes: usize): usize
@external("engine", "js_free") export declare function js_free(context: usize, pointer: usize): void
@external("engine", "js_free_rt") export declare function js_free_rt(runtime: usize, pointer: usize): void
@external("engine", "JS_GetTypedArrayBuffer") export declare function JS_GetTypedArrayBuffer(context: usize, array: JSValue, offset: usize, length: usize, elementSize: usize): JSValue
@external("engine", "js_realloc") export declare function js_realloc(context: usize, pointer: usize, bytes: usize): usize
@external("engine", "js_realloc_rt") export declare function js_realloc_rt(runtime: usize, pointer: usize, bytes: usize): usize
@external("engine", "JS_NewUint8Array") export declare function JS_NewUint8Array(context: usize, bytes: usize, length: usize, resize: i32, opaque: usize, shared: i32): JSValue
@external("engine", "JS_NewArrayFrom") export declare function JS_NewArrayFrom(context: usize, count: i32, values: usize): JSValue
@external("engine", "JS_NewSettledPromise") export declare function JS_NewSettledPromise(context: usize, rejected: i32, value: JSValue): JSValue
@external("engine", "JS_NewNumber") export declare function JS_NewNumber(context: usize, value: f64): JSValue
@external("engine", "JS_NewStringLen") export declare function JS_NewStringLen(context: usize, text: usize, length: usize): JSValue
@external("engine", "JS_NewArrayBufferCopy") export declare function JS_NewArrayBufferCopy(context: usize, bytes: usize, length: usize): JSValue
@external("engine", "JS_NewUint8ArrayCopy") export declare function JS_NewUint8ArrayCopy(context: usize, bytes: usize, length: usize): JSValue
@external("engine", "JS_GetUint8Array") export declare function JS_GetUint8Array(context: usize, length: usize, value: JSValue): usize
@external("engine", "JS_GetTypedArrayType") export declare function JS_GetTypedArrayType(value: JSValue): i32
@external("engine", "JS_IsArrayBuffer") export declare function JS_IsArrayBuffer(value: JSValue): i32
@external("engine", "JS_GetArrayBuffer") export declare function JS_GetArrayBuffer(context: usize, length: usize, value: JSValue): usize
@external("engine", "JS_ToCStringLen2") export declare function JS_ToCStringLen2(context: usize, length: usize, value: JSValue, cesu8: i32): usize
@external("engine", "JS_FreeCString") export declare function JS_FreeCString(context: usize, text: usize): void
@external("engine", "JS_ToInt32") export declare function JS_ToInt32(context: usize, out: usize, value: JSValue): i32
@external("engine", "JS_ToInt64Ext") export declare function JS_ToInt64Ext(context: usize, out: usize, value: JSValue): i32
@external("engine", "JS_NewBigInt64") export declare function JS_NewBigInt64(context: usize, value: i64): JSValue
@external("engine", "JS_NewArray") export declare function JS_NewArray(context: usize): JSValue
@external("engine", "JS_GetPropertyUint32") export declare function JS_GetPropertyUint32(context: usize, object: JSValue, index: u32): JSValue
@external("engine", "JS_SetPropertyUint32") export declare function JS_SetPropertyUint32(context: usize, object: JSValue, index: u32, value: JSValue): i32
@external("engine", "JS_ToFloat64") export declare function JS_ToFloat64(context: usize, out: usize, value: JSValue): i32
@external("engine", "JS_ThrowOutOfMemory") export declare function JS_ThrowOutOfMemory(context: usize): JSValue
