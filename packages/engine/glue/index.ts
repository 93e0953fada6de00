export { ews_beyondAscii, ews_memchr, ews_memcmp } from "./bytes"
export { ews_bound, ews_callbacks, ews_define, ews_evaluate, ews_exception, ews_free_text, ews_init, ews_interrupted, ews_limit, ews_nothing, ews_seal } from "./build"
export { __ews_attach, __ews_deadline, __ews_deliver, __ews_dispatch, __ews_pending, __ews_reserve, __ews_throw, __ews_waited, ews_call, ews_cells, host_interrupt, host_promise_rejection } from "./entry"
export { ews_resizeBlock } from "./deliver"
export { js_call, js_direct, js_directRead, js_listen, js_poll, js_pollByHand, js_reserve, js_target, js_undelivered } from "./host"
export { js_unpack } from "./msgpack"
export { ews_data, js_messageData, js_messageKeys } from "./message-event"
export { ews_next, js_stepping } from "./message-reader"
export { __ews_unsent, ews_send, js_sender, js_sending } from "./outbox"
export { js_arguments, js_blockFree, js_blockLength, js_blockNew, js_blockRead, js_config, js_decode, js_encode, js_enter, js_fail, js_features, js_input, js_log, js_now, js_output, js_pushed, js_random, js_randomFill, js_resolved, js_rest, js_result, js_runJobs, js_sleep, js_started, js_takeLostJob, js_timedOut, js_track, js_varGet, js_varSet, js_wake } from "./natives"

// QuickJS asks for modules by name only when code imports at run time; bundles never do.
export function host_module_normalize(base: usize, name: usize): usize { return 0 }
export function host_module_load(name: usize, length: usize): usize { return 0 }
// Never called: natives are C functions in the table, not host functions by name.
export function host_call(name: usize, length: i32, self: usize, argc: i32, argv: usize): usize { return 0 }
/** Plugins run in UTC, wherever the host is. */
export function host_get_timezone_offset(high: i32, low: i32): i32 { return 0 }
export function abort(message: usize, file: usize, line: i32, column: i32): void { unreachable() }
