declare module 'main' {
  export function report(): I32
  export function importOrders(): I32
  export function remove(): I32
}

declare module 'extism:host' {
  interface user {
    kv_read(key: PTR): PTR
    kv_write(key: PTR, value: PTR): void
    kv_delete(key: PTR): I32
    log_metric(name: PTR, value: F64): void
    now_nanoseconds(): I64
    feature_enabled(name: PTR): I32
    exchange_rate(from: PTR, to: PTR): F64
    send_mail(to: PTR, subject: PTR, body: PTR): I32
  }
}
