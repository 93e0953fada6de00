declare module 'main' {
  export function inputString(): I32
  export function inputBytes(): I32
  export function outputString(): I32
  export function outputBytes(): I32
  export function base64(): I32
  export function getFunctions(): I32
  export function invokeFunc(): I32
  export function config(): I32
  export function variables(): I32
  export function fromString(): I32
  export function fromBuffer(): I32
  export function fromJsonObject(): I32
  export function numbersInMemory(): I32
  export function memoryHandle(): I32
  export function throwsError(): I32
}

declare module 'extism:host' {
  interface user {
    add_numbers(a: I32, b: I32): I32
    upper_text(text: PTR): PTR
  }
}
