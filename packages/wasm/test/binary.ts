import { unsignedLeb128 } from '../src/bytes/leb128.js'

/** A section: its id and its content, byte by byte. */
export type SectionBytes = readonly [id: number, body: readonly number[]]

/** Puts hand-written sections behind a header; only their sizes are computed. */
export function binary(...sections: readonly SectionBytes[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...sections.flatMap(([id, body]) => [id, ...unsignedLeb128(body.length), ...body]),
  ])
}

/** A name: its length and its bytes. */
export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text)
  return [...unsignedLeb128(bytes.length), ...bytes]
}

export function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports = {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
}

type Callable = (...args: (number | bigint)[]) => unknown

/** Calls an exported function. */
export function run(
  instance: WebAssembly.Instance,
  exportName: string,
  ...args: (number | bigint)[]
): unknown {
  return (instance.exports[exportName] as Callable)(...args)
}
