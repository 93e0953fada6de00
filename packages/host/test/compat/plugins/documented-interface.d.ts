declare module 'main' {
  export function hello(): I32
  export function add(): I32
  export function visits(): I32
  export function who(): I32
  export function loud(): I32
  export function vowels(): I32
}

declare module 'extism:host' {
  interface user {
    shout(text: I64): I64
  }
}
