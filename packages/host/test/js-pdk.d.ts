// What the fixtures use of js-pdk's globals.
declare const Host: {
  inputString(): string
  inputBytes(): ArrayBuffer
  outputString(text: string): boolean
  getFunctions(): Record<string, (...args: never[]) => number | bigint | undefined>
}
declare const Memory: { fromString(text: string): { offset: number; free(): void } }
declare const Var: {
  getString(name: string): string | null
  set(name: string, value: string): void
}
declare const Config: { get(name: string): string | null }
