// js-pdk's objects for code that is typed with the Web's own types.
declare const Host: { inputString(): string; outputString(text: string): boolean }
declare const Http: {
  request(
    request: { url: string; method?: string; headers?: Record<string, string> },
    body?: string | ArrayBuffer,
  ): { status: number; body: string; headers?: Record<string, string> }
}
declare const global: typeof globalThis
declare const Buffer: {
  from(data: string | ArrayBuffer | readonly number[], encoding?: string): BufferLike
  concat(parts: readonly Uint8Array[]): BufferLike
}
interface BufferLike extends Uint8Array<ArrayBuffer> {
  toString(encoding?: string): string
  readUInt16BE(offset: number): number
}
