declare module 'main' {
  export function follow(): I32
  export function say(): I32
  export function heard(): I32
  export function crash(): I32
  export function onConnection(): I32
  export function onRestart(): I32
}

declare module 'extism:host' {
  interface user {
    /** The test makes it Extism's own, which throws through Wasm for what is no block. */
    error_set(block: I64): void
  }
}
