// Builds dist/engine.wasm: QuickJS-ng, the glue, and a snapshot of both with the prelude loaded.

import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import {
  appendToTable,
  decodeModule,
  encodeModule,
  keepExports,
  renameImportModule,
  snapshot,
} from '@extism-ws/wasm'
import { build } from 'esbuild'

import { EngineInstance } from '../instance.js'
import { merge, optimise } from './binaryen.js'
import { compileGlue } from './glue.js'

/** Where the natives are between `ews_init` and the first line of the prelude. */
const nativesProperty = '__ews_native'
const nativePrefix = 'js_'
/** What of QuickJS and libc stays callable from outside. */
const kept = new Set(['memory', 'wasm_malloc', 'wasm_free', 'qjs_compile'])

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

await main()

async function main(): Promise<void> {
  const glue = renameImportModule(await compileGlue(`${root}/glue`), 'env', 'engine')
  const quickjs = shareTable(await readFile(require.resolve('quickjs-wasi/quickjs.wasm')))
  const { wasm, natives } = trim(await merge({ engine: quickjs, env: glue }))
  const engine = await loadPrelude(await optimise(wasm, '-O2'), natives)
  await writeFile(`${root}/dist/engine.wasm`, engine)
  console.log(`engine.wasm ${Math.round(engine.length / 1000)} KB`)
}

/** AssemblyScript imports the table by the name `table`. */
function shareTable(quickjs: Uint8Array): Uint8Array {
  const module = decodeModule(quickjs)
  module.exports.push({ name: 'table', kind: 'table', index: 0 })
  return encodeModule(module)
}

/** Puts the natives into the function table, and hides everything that is not needed any more. */
function trim(merged: Uint8Array): { wasm: Uint8Array; natives: Map<string, number> } {
  const module = decodeModule(merged)
  const functions = module.exports.filter(
    ({ kind, name }) => kind === 'function' && name.startsWith(nativePrefix),
  )
  const first = appendToTable(
    module,
    functions.map(({ index }) => index),
  )
  const natives = new Map(
    functions.map(({ name }, i) => [name.slice(nativePrefix.length), first + i] as const),
  )
  // The snapshot writer reads mutable globals by name. The engine imports none, so that they count
  // from 0.
  keepExports(module, (name) => kept.has(name) || /^(__)?ews_/.test(name))
  module.globals.forEach(({ mutable }, index) => {
    if (mutable) module.exports.push({ name: `global_${index}`, kind: 'global', index })
  })
  return { wasm: encodeModule(module), natives }
}

async function loadPrelude(
  wasm: Uint8Array,
  natives: ReadonlyMap<string, number>,
): Promise<Uint8Array> {
  const compiled = await WebAssembly.compile(wasm as BufferSource)
  const parser = EngineInstance.open(compiled)
  parser.start(nativesProperty, natives)
  const bytecode = parser.compile(await bundlePrelude(), 'extism-ws:prelude')
  const engine = EngineInstance.open(compiled)
  engine.start(nativesProperty, natives)
  engine.evaluate(bytecode)
  const module = decodeModule(wasm)
  snapshot(module, engine.state())
  return encodeModule(module)
}

async function bundlePrelude(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/src/prelude/index.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minifySyntax: true,
  })
  return outputFiles[0]?.text ?? ''
}
