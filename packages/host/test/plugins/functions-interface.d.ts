declare module 'main' {
  export function invoke(): I32
  export function many(): I32
  export function uncaught(): I32
  export function anatomy(): I32
  export function ping(): I32
}

declare module 'extism:host' {
  interface user {
    to_i32(number: I32): I32
    to_i64(number: I32): I64
    to_f64(number: I32): F64
    to_void(number: I32): void
    to_block(block: PTR): PTR
  }
}
