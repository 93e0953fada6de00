// Makes many instances of one module, and tells what the first and one more take.
// Arguments: the module's file, 'bare' or 'plugin', the number of instances.

import '../quiet-wasi.js'

import { readFile } from 'node:fs/promises'
import { createPlugin, type Plugin } from '@extism-ws/host'

import { sdk } from '../sides/sdk.js'
import { median } from '../statistics.js'

/** What this program sends to its parent. */
export interface InstanceAnswer {
  /** A bare one once the module is compiled; by `createPlugin`, compiling is part of it. */
  readonly firstMilliseconds: number
  /** One more. */
  readonly milliseconds: number
  readonly residentBytes: number
  readonly linearBytes: number
}

const [, , file = '', how, count = '1'] = process.argv
const bytes = new Uint8Array(await readFile(file))
const plugins: Plugin[] = []
const make = how === 'bare' ? await bareMaker() : makePlugin

const beforeFirst = performance.now()
// Kept alive: as long as one instance has it, V8 does not compile the same module again.
const instances = [await make()]
const firstMilliseconds = performance.now() - beforeFirst
globalThis.gc?.()
const residentBefore = process.memoryUsage.rss()
const times: number[] = []
for (let left = Number(count); left > 0; left--) {
  const started = performance.now()
  instances.push(await make())
  times.push(performance.now() - started)
}
globalThis.gc?.()
const resident = process.memoryUsage.rss() - residentBefore
const memory = instances[0]?.exports['memory']
const answer: InstanceAnswer = {
  firstMilliseconds,
  milliseconds: median(times),
  residentBytes: resident / times.length,
  linearBytes: memory instanceof WebAssembly.Memory ? memory.buffer.byteLength : 0,
}
process.send?.(answer)
await Promise.all(plugins.map((plugin) => plugin.close()))
process.disconnect()

/** V8's own part: the module with imports that do nothing. */
async function bareMaker(): Promise<() => Promise<WebAssembly.Instance>> {
  const module = await WebAssembly.compile(bytes)
  const imports: Record<string, Record<string, () => number>> = {}
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    imports[space] = { ...imports[space], [name]: () => 0 }
  }
  return () => WebAssembly.instantiate(module, imports)
}

async function makePlugin(): Promise<WebAssembly.Instance> {
  const plugin = await createPlugin(bytes, { extism: sdk })
  plugins.push(plugin)
  return plugin.getInstance()
}
