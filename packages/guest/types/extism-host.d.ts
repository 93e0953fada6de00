// The host functions of extism-ws, portable layer, for plugins that are made by the official
// compiler `extism-js`: it imports what its interface file (-i) declares. Made from
// packages/protocol/src/abi.ts; docs/abi.md says what each does. I32 and I64 are types of
// the npm package @extism/js-pdk.

declare module 'extism:host' {
  interface user {
    ws_connect(request: I64): I32
    ws_send(socket: I32, kind: I32, data: I64, length: I32): I32
    ws_send_many(block: I64, length: I32): I32
    ws_room(socket: I32): I32
    ws_receive(socket: I32, timeout_ms: I32, block: I64, capacity: I32): I32
    ws_poll(timeout_ms: I32, block: I64, capacity: I32): I32
    ws_close(socket: I32, code: I32, reason: I64): I32
    ws_pause(socket: I32, paused: I32): I32
    ws_save(socket: I32, data: I64, length: I32): I32
    ws_progress(socket: I32, step: I32): I32
    ws_info(socket: I32): I64
    ws_error(): I64
  }
}
