// What js-pdk has and the Web's types lack, as far as the plugins here use it.
declare const Host: { getFunctions(): Record<string, (...args: number[]) => number> }
declare const Memory: {
  fromString(text: string): { readonly offset: number }
  find(offset: number): { readString(): string; free(): void }
}
declare const Config: { get(key: string): string | null }
declare const Var: unknown
declare const Http: unknown
declare const MemoryHandle: unknown
declare const Buffer: unknown
declare const global: unknown
