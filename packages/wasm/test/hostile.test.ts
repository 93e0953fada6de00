import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appendFunction,
  appendToTable,
  decodeModule,
  encodeModule,
  exportFunction,
  functionBody,
  insertFunctionImports,
  keepExports,
  limitMemory,
  listExports,
  listImports,
  op,
  readSections,
  renameImportModule,
  snapshot,
  ValueType,
  WasmError,
  writeSections,
} from '../src/index.js'
import { binary, name } from './binary.js'
import { sample } from './sample.js'

const wide = binary(
  [2, [0x02, ...name('e'), ...name('m'), 0x02, 0x04, 0x01, ...name('e'), ...name('t'), 0x04, 0, 0]],
  [5, [0x01, 0x03, 0x01, 0x80, 0x02]],
)

const type = { params: [ValueType.i32], results: [] }

/** Every public function that takes a binary or what was decoded from one. */
const operations: [string, (bytes: Uint8Array<ArrayBuffer>) => unknown][] = [
  ['readSections', (bytes) => writeSections(readSections(bytes))],
  ['limitMemory', (bytes) => limitMemory(bytes, 100)],
  ['renameImportModule', (bytes) => renameImportModule(bytes, 'm', 'extism:host/env')],
  ['listImports', listImports],
  ['listExports', listExports],
  ['decodeModule', (bytes) => encodeModule(decodeModule(bytes))],
  [
    'all edits',
    (bytes) => {
      const module = decodeModule(bytes)
      insertFunctionImports(module, [{ module: 'h', name: 'f', type }])
      const index = appendFunction(module, type, functionBody([], op.end))
      exportFunction(module, 'appended', index)
      keepExports(module, (item) => item !== 'run')
      appendToTable(module, [index])
      return encodeModule(module)
    },
  ],
  [
    'snapshot',
    (bytes) => {
      const module = decodeModule(bytes)
      // Without its last function the sample has no use of passive data.
      module.code.pop()
      module.functions.pop()
      const globals = new Map([['counter', 1]])
      snapshot(module, { memory: new Uint8Array(65536).fill(1, 10, 20), globals })
      return encodeModule(module)
    },
  ],
]

/** Fails unless the operation returns or throws WasmError. */
function survive(operation: (bytes: Uint8Array<ArrayBuffer>) => unknown, bytes: Uint8Array): void {
  try {
    operation(new Uint8Array(bytes))
  } catch (error) {
    if (!(error instanceof WasmError)) throw error
    expect(error.code).toBe('EWS_BAD_WASM')
  }
}

describe.each(operations)('%s', (_, operation) => {
  test('works on the sample as it is, or says why not', () => {
    survive(operation, sample)
    survive(operation, wide)
  })

  test('returns or throws WasmError for every prefix of a module', () => {
    for (const whole of [sample, wide]) {
      for (let length = 0; length < whole.length; length++) {
        survive(operation, whole.subarray(0, length))
      }
    }
  })

  test('returns or throws WasmError for every section that is cut off inside', () => {
    const sections = readSections(sample)
    for (const [at, cut] of sections.entries()) {
      for (let length = 0; length < cut.body.length; length++) {
        const body = cut.body.subarray(0, length)
        survive(operation, writeSections(sections.with(at, { ...cut, body })))
      }
    }
  })

  test('returns or throws WasmError when bytes are changed', () => {
    const change = fc.record({ at: fc.nat({ max: sample.length - 1 }), to: fc.nat({ max: 255 }) })
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    const property = fc.property(changes, (all) => {
      const bytes = sample.slice()
      for (const { at, to } of all) bytes[at] = to
      survive(operation, bytes)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

test('what the engine accepts, it still accepts after limitMemory and a round trip', () => {
  const change = fc.record({ at: fc.nat({ max: sample.length - 1 }), to: fc.nat({ max: 255 }) })
  const property = fc.property(change, ({ at, to }) => {
    const bytes = sample.slice()
    bytes[at] = to
    if (!WebAssembly.validate(bytes)) return
    for (const rewrite of [
      () => limitMemory(bytes, 100),
      () => encodeModule(decodeModule(bytes)),
    ]) {
      try {
        expect(WebAssembly.validate(rewrite())).toBe(true)
      } catch (error) {
        if (!(error instanceof WasmError)) throw error
      }
    }
  })
  fc.assert(property, { numRuns: 2000 })
})
