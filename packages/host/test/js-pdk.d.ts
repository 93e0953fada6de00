// What the fixtures use of js-pdk's globals.
declare const Host: {
  inputString(): string
  inputBytes(): ArrayBuffer
  outputString(text: string): boolean
  getFunctions(): unknown
}
declare const Memory: {
  fromString(text: string): { readonly offset: number; free(): void }
  find(offset: number): { readString(): string }
}
declare const Var: {
  getString(name: string): string | null
  set(name: string, value: string): void
}
declare const Config: { get(name: string): string | null }
