import { gzipSync } from 'node:zlib'
import { compile, type CompileOptions } from '@extism-ws/compiler'

/** What a plugin takes on a disk and, about, on its way through a network; in KB (1000 bytes). */
export interface Size {
  readonly raw: number
  readonly gzip: number
}

export async function sizeOf(options: CompileOptions): Promise<Size> {
  const { wasm } = await compile(options)
  return { raw: wasm.length / 1000, gzip: gzipSync(wasm).length / 1000 }
}

/** How much larger one plugin is than another. */
export function above(plugin: Size, other: Size): Size {
  return { raw: plugin.raw - other.raw, gzip: plugin.gzip - other.gzip }
}
