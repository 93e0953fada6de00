// What js-pdk has and the Web's types lack, as far as the plugins here use it.
interface JsPdkBlock {
  readonly offset: number
  readBytes(): ArrayBuffer
  readString(): string
  free(): void
}
declare const Host: { getFunctions(): Record<string, (...args: number[]) => number> }
declare const Memory: {
  fromString(text: string): JsPdkBlock
  fromBuffer(bytes: ArrayBuffer): JsPdkBlock
  find(offset: number): JsPdkBlock
}
declare const Config: { get(key: string): string | null }
declare const Var: unknown
declare const Http: unknown
declare const MemoryHandle: unknown
declare const Buffer: unknown
declare const global: unknown
