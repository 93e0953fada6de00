import { shiftFunctionIndices, type Shift } from '../code/function-index.js'
import { firstInstruction } from '../code/locals.js'
import { mapBodies } from '../module/code.js'
import type { ElementItems } from '../module/element.js'
import type { FuncType } from '../module/function-type.js'
import { importCount, type Module } from '../module/module.js'
import { internType } from './function.js'

/** A function that the module shall import. */
export interface FunctionImport {
  readonly module: string
  readonly name: string
  readonly type: FuncType
}

/**
 * Adds imports of functions after those that are there, and renumbers every function behind them:
 * in code, elements, exports, globals and the start section. Custom sections that speak of functions
 * by number (names, debug information, branch hints) are dropped.
 *
 * @returns the indices of the new functions, in the order of `imports`.
 * @throws WasmError when the code holds an instruction outside core spec 2.0; the module is then
 * unchanged.
 */
export function insertFunctionImports(
  module: Module,
  imports: readonly FunctionImport[],
): number[] {
  if (imports.length === 0) return []
  const first = importCount(module, 'function')
  const shift: Shift = { first, by: imports.length }
  const index = (old: number): number => (old < first ? old : old + shift.by)

  // The code comes first: it is the only part that can still turn out to be malformed.
  module.code = mapBodies(module, copyAll(module.code), (body) =>
    shiftFunctionIndices(body, firstInstruction(body), shift),
  )
  module.elements = module.elements.map(({ mode, items }) => ({
    mode,
    items: shiftItems(items, index, shift),
  }))
  module.globals = module.globals.map((global) => ({
    ...global,
    init: shiftExpression(global.init, shift),
  }))
  module.exports = module.exports.map((item) =>
    item.kind === 'function' ? { ...item, index: index(item.index) } : item,
  )
  if (module.start !== undefined) module.start = index(module.start)
  module.customs = module.customs.filter(({ name }) => !numbersFunctions.test(name))

  for (const { module: from, name, type } of imports) {
    module.imports.push({ module: from, name, kind: 'function', type: internType(module, type) })
  }
  return imports.map((_, at) => first + at)
}

/** Custom sections that hold function indices or offsets into the code. */
const numbersFunctions = /^(name|linking|reloc\..*|metadata\.code\..*|\.debug_.*|sourceMappingURL)$/

/** Copies byte arrays into one buffer: one for each would keep the garbage collector busy. */
function copyAll(arrays: readonly Uint8Array[]): Uint8Array[] {
  const copy = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  return arrays.map((array) => {
    const start = end
    end += array.length
    copy.set(array, start)
    return copy.subarray(start, end)
  })
}

function shiftItems(
  items: ElementItems,
  index: (old: number) => number,
  shift: Shift,
): ElementItems {
  if (items.kind === 'functions') return { ...items, indices: items.indices.map(index) }
  const expressions = items.expressions.map((expression) => shiftExpression(expression, shift))
  return { ...items, expressions }
}

function shiftExpression(expression: Uint8Array, shift: Shift): Uint8Array {
  return shiftFunctionIndices(new Uint8Array(expression), 0, shift)
}
