// Builds a plugin as often as it is told to, and tells what the last build took.
// Arguments: the number of builds, the entry file, its interface file if there is one.

import { gzipSync } from 'node:zlib'

/** What this program sends to its parent. */
export interface BuildAnswer {
  readonly milliseconds: number
  readonly bytes: number
  readonly gzipBytes: number
}

const [, , builds = '1', entry = '', declared] = process.argv
const options = { entry, ...(declared === undefined ? {} : { interface: declared }) }
let milliseconds = 0
let wasm = new Uint8Array(0)
for (let left = Number(builds); left > 0; left--) {
  const started = performance.now()
  // Loading the compiler is part of the first build.
  const { compile } = await import('@extism-ws/compiler')
  wasm = (await compile(options)).wasm as Uint8Array<ArrayBuffer>
  milliseconds = performance.now() - started
}
const gzipBytes = gzipSync(wasm).length
process.send?.({ milliseconds, bytes: wasm.length, gzipBytes } satisfies BuildAnswer)
process.disconnect()
