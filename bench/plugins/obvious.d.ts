declare module 'main' {
  export function open(): I32
  export function flood(): I32
  export function echo(): I32
  export function send(): I32
  export function receive(): I32
  export function close(): I32
}

declare module 'extism:host' {
  interface user {
    socket_connect(url: PTR): I32
    socket_send(socket: I32, isText: I32, data: PTR): void
    socket_receive(socket: I32): PTR
    socket_close(socket: I32): void
  }
}
