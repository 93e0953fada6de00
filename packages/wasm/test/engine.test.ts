import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  appendFunction,
  appendToTable,
  call,
  callIndirect,
  decodeModule,
  encodeModule,
  exportFunction,
  functionBody,
  i32Const,
  insertFunctionImports,
  limitMemory,
  listImports,
  localGet,
  op,
  readSections,
  renameImportModule,
  snapshot,
  ValueType,
  type Module,
} from '../src/index.js'
import { instantiate, run } from './binary.js'

// The real engine: QuickJS-ng, 640 KB of code by LLVM.
const path = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm')
const engine = new Uint8Array(readFileSync(path))

const { i32 } = ValueType
const unary = { params: [i32], results: [i32] }

/** Imports that answer 0, except those that are given. */
function imports(
  bytes: Uint8Array<ArrayBuffer>,
  given: Record<string, (...args: number[]) => number> = {},
): WebAssembly.Imports {
  const all: Record<string, Record<string, () => number>> = {}
  for (const { module, name } of listImports(bytes)) {
    const functions = (all[module] ??= {})
    functions[name] = given[name] ?? (() => 0)
  }
  return all
}

/** Evaluates JavaScript whose value is a number. */
function evaluate(instance: WebAssembly.Instance, source: string): unknown {
  const text = new TextEncoder().encode(`${source}\0`)
  const memory = instance.exports['memory'] as WebAssembly.Memory
  const place = Number(run(instance, 'wasm_malloc', text.length))
  new Uint8Array(memory.buffer).set(text, place)
  const value = run(instance, 'qjs_eval', place, text.length - 1, place + text.length - 1, 0)
  return run(instance, 'qjs_get_float64', Number(value))
}

function start(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Instance {
  const instance = instantiate(bytes, imports(bytes))
  run(instance, '_initialize')
  run(instance, 'qjs_init')
  return instance
}

/** Ten imports, twenty functions that call them, and one that calls them through the table. */
function extend(module: Module): void {
  const added = Array.from({ length: 10 }, (_, at) => ({
    module: 'host',
    name: `add${at}`,
    type: unary,
  }))
  const indices = insertFunctionImports(module, added)
  for (let at = 0; at < 20; at++) {
    const body = functionBody([], localGet(0), call(indices[at % 10] ?? 0), op.end)
    exportFunction(module, `call${at}`, appendFunction(module, unary, body))
  }
  const slot = appendToTable(module, indices)
  const typeIndex = module.functions.at(-1) ?? 0
  const parts = [localGet(0), i32Const(slot + 3), callIndirect(typeIndex), op.end]
  exportFunction(module, 'indirect', appendFunction(module, unary, functionBody([], ...parts)))
}

test('it is written back as it was: only custom sections move to the end', () => {
  const encoded = encodeModule(decodeModule(engine))
  const [before, after] = [engine, encoded].map((bytes) =>
    readSections(bytes).toSorted((a, b) => Number(a.id === 0) - Number(b.id === 0)),
  )
  expect(after?.map(({ id }) => id)).toEqual(before?.map(({ id }) => id))
  for (const [at, { body }] of (after ?? []).entries()) {
    expect(Buffer.compare(body, before?.[at]?.body ?? new Uint8Array())).toBe(0)
  }
})

test('it evaluates as before when imports and functions were added', () => {
  const module = decodeModule(engine)
  extend(module)
  const bytes = encodeModule(module)
  const given = Object.fromEntries(
    Array.from({ length: 10 }, (_, at) => [`add${at}`, (n: number) => n + at]),
  )
  const instance = instantiate(bytes, imports(bytes, given))
  run(instance, '_initialize')
  run(instance, 'qjs_init')
  expect(evaluate(instance, '[1, 2, 3].map((n) => n * n).reduce((a, b) => a + b)')).toBe(14)
  expect(evaluate(instance, 'JSON.parse("[1.5]")[0] + "äbc".replace(/b/, "xx").length')).toBe(5.5)
  expect(run(instance, 'call17', 100)).toBe(107)
  expect(run(instance, 'indirect', 100)).toBe(103)
})

test('its imports can be renamed and its memory limited', () => {
  const renamed = renameImportModule(engine, 'wasi_snapshot_preview1', 'extism:host/env')
  const limited = limitMemory(renamed, 64)
  expect(listImports(limited).map(({ module }) => module)).not.toContain('wasi_snapshot_preview1')
  const instance = start(limited)
  const memory = instance.exports['memory'] as WebAssembly.Memory
  expect(() => memory.grow(64)).toThrow(RangeError)
  expect(evaluate(instance, '6 * 7')).toBe(42)
})

describe('a snapshot', () => {
  let bytes: Uint8Array<ArrayBuffer>

  beforeAll(() => {
    const instance = start(engine)
    evaluate(instance, 'globalThis.state = { list: Array.from({ length: 1000 }, (_, i) => i) }; 0')
    const memory = instance.exports['memory'] as WebAssembly.Memory
    const globals = new Map(
      Object.entries(instance.exports)
        .filter(([, value]) => value instanceof WebAssembly.Global)
        .map(([name, value]) => [name, Number((value as WebAssembly.Global).value)]),
    )
    const module = decodeModule(engine)
    snapshot(module, { memory: new Uint8Array(memory.buffer), globals })
    bytes = encodeModule(module)
  })

  test('goes on where the instance was, without initialisation', () => {
    const instance = instantiate(bytes, imports(bytes))
    expect(evaluate(instance, 'state.list.length + state.list[999]')).toBe(1999)
  })

  test('can be extended like the engine itself', () => {
    const module = decodeModule(bytes)
    extend(module)
    const extended = encodeModule(module)
    const instance = instantiate(extended, imports(extended))
    expect(evaluate(instance, 'state.list.map((n) => n + 1)[0]')).toBe(1)
  })
})
