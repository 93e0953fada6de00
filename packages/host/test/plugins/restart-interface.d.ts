declare module 'main' {
  export function listen(): I32
  export function read(): I32
  export function readBatches(): I32
  export function keep(): I32
  export function crash(): I32
  export function pending(): I32
  export function variable(): I32
  export function names(): I32
  export function remember(): I32
  export function connecting(): I32
  export function onRestart(): I32
}

declare module 'extism:host' {
  interface user {
    /** Says to the test what the plugin has seen: JSON. */
    tell(what: PTR): void
    /** The test makes it Extism's own, which throws through Wasm for what is no block. */
    error_set(block: I64): void
  }
}
