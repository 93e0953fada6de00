// Builds what plugins are made of: dist/engine.wasm, which is QuickJS-ng, the glue, and a snapshot of
// both with the prelude loaded; dist/base.wasm, which is the same without what only a build calls;
// dist/plain-base.wasm, which has no sockets either; and dist/globals, which are evaluated in the engine where a
// plugin can reach them.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
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

import { globalFile, socketNativesFile } from '../engine.js'
import { globalScripts } from '../global-scripts.js'
import { EngineInstance } from '../instance.js'
import { socketNatives, trimToBase, trimToPlainBase } from './base.js'
import { merge, optimise } from './binaryen.js'
import { replaceByteLoops } from './byte-loops.js'
import { compileGlue } from './glue.js'
import { replacedFiles } from './replaced-files.js'

/** Where the natives are between `ews_init` and the first line of the prelude. */
const nativesProperty = '__ews_native'
const nativePrefix = 'js_'
/** Functions of the glue that QuickJS calls, in the order in which `ews_callbacks` takes their slots. */
const callbacks = ['ews_resizeBlock', 'ews_send', 'ews_data', 'ews_next']
/** What of QuickJS and libc stays callable from outside. */
const kept = new Set(['memory', 'wasm_malloc', 'wasm_free', 'qjs_compile'])

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

await main()

async function main(): Promise<void> {
  const glue = renameImportModule(await compileGlue(`${root}/glue`), 'env', 'engine')
  const quickjs = shareTable(await readFile(require.resolve('quickjs-wasi/quickjs.wasm')))
  const trimmed = trim(await merge({ engine: quickjs, env: glue }))
  const { wasm, indices, forSockets } = trimmed
  const engine = await loadPrelude(await optimise(wasm, '-O2'), trimmed)
  // Function numbers differ between them, but slots of the table do not, and a snapshot has only those.
  const base = await optimise(trimToBase(wasm), '-Os')
  const plain = await optimise(trimToPlainBase(wasm, indices), '-Os')
  await writeFile(`${root}/dist/engine.wasm`, engine)
  await writeFile(`${root}/dist/base.wasm`, base)
  await writeFile(`${root}/dist/plain-base.wasm`, plain)
  await writeFile(socketNativesFile, JSON.stringify(Object.fromEntries(forSockets)))
  const bytes = await writeGlobals(engine)
  console.log(
    `engine.wasm ${kilobytes(engine.length)} KB, base.wasm ${kilobytes(base.length)} KB, ` +
      `plain-base.wasm ${kilobytes(plain.length)} KB, globals ${kilobytes(bytes)} KB`,
  )
}

/** AssemblyScript imports the table by the name `table`. */
function shareTable(quickjs: Uint8Array): Uint8Array {
  const module = decodeModule(quickjs)
  module.exports.push({ name: 'table', kind: 'table', index: 0 })
  return encodeModule(module)
}

interface Trimmed {
  readonly wasm: Uint8Array
  /** Slots in the table: of what every plugin has, and of what those with sockets have besides. */
  readonly natives: ReadonlyMap<string, number>
  readonly forSockets: ReadonlyMap<string, number>
  /** The slots of functions that QuickJS calls, in the order of `callbacks`. */
  readonly callbackSlots: readonly number[]
  /** The function indices of natives and callbacks. */
  readonly indices: ReadonlyMap<string, number>
}

/** Puts the natives into the function table, and hides everything that is not needed any more. */
function trim(merged: Uint8Array): Trimmed {
  const module = decodeModule(merged)
  replaceByteLoops(module)
  const functions = module.exports.filter(
    ({ kind, name }) => kind === 'function' && name.startsWith(nativePrefix),
  )
  const called = callbacks.map((callback) => {
    const found = module.exports.find(({ name }) => name === callback)
    if (found === undefined) throw new Error(`the glue has no ${callback}`)
    return found
  })
  const inTable = [...functions, ...called].map(({ index }) => index)
  const first = appendToTable(module, inTable)
  const names = functions.map(({ name }) => name.slice(nativePrefix.length))
  const slots = names.map((name, i) => [name, first + i] as const)
  const isForSockets = new Set(socketNatives)
  const natives = new Map(slots.filter(([name]) => !isForSockets.has(name)))
  const forSockets = new Map(slots.filter(([name]) => isForSockets.has(name)))
  const indices = new Map([
    ...functions.map(({ index }, i) => [names[i] ?? '', index] as const),
    ...called.map(({ index, name }) => [name, index] as const),
  ])
  // The snapshot writer reads mutable globals by name. The engine imports none, so that they count
  // from 0.
  keepExports(module, (name) => kept.has(name) || /^(__)?ews_/.test(name))
  module.globals.forEach(({ mutable }, index) => {
    if (mutable) module.exports.push({ name: `global_${index}`, kind: 'global', index })
  })
  const callbackSlots = called.map((_, i) => first + functions.length + i)
  return { wasm: encodeModule(module), natives, forSockets, indices, callbackSlots }
}

async function loadPrelude(
  wasm: Uint8Array,
  { natives, callbackSlots }: Trimmed,
): Promise<Uint8Array> {
  const compiled = await WebAssembly.compile(wasm as BufferSource)
  const parser = EngineInstance.open(compiled)
  parser.start(nativesProperty, natives, callbackSlots)
  const bytecode = parser.compile(await bundle('prelude/index.ts'), 'extism-ws:prelude', {
    positions: false,
  })
  const engine = EngineInstance.open(compiled)
  engine.start(nativesProperty, natives, callbackSlots)
  engine.evaluate(bytecode)
  engine.seal()
  const module = decodeModule(wasm)
  snapshot(module, engine.state())
  return encodeModule(module)
}

/** Every global that is not part of the core, as bytecode. Returns how many bytes. */
async function writeGlobals(engine: Uint8Array): Promise<number> {
  const parser = EngineInstance.open(await WebAssembly.compile(engine as BufferSource))
  await mkdir(`${root}/dist/globals`, { recursive: true })
  let bytes = 0
  for (const { name } of globalScripts) {
    const script = await bundle(`globals/${name}.ts`)
    const bytecode = parser.compile(script, `extism-ws:${name}`, { positions: false })
    await writeFile(globalFile(name), bytecode)
    bytes += bytecode.length
  }
  return bytes
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1000)
}

/** @param file below `src`. */
async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/src/${file}`],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    // Names of variables stay in the snapshot. Those that scripts see are set by `define`.
    minifyIdentifiers: true,
    plugins: [replacedFiles(`${root}/src/globals`)],
  })
  return outputFiles[0]?.text ?? ''
}
