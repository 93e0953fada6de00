import { signedLeb128 } from '../bytes/leb128.js'
import { op } from '../code/op.js'
import { WasmError } from '../error.js'
import type { Limits, Table } from '../module/limits.js'
import type { Module } from '../module/module.js'
import { ValueType } from '../module/value-type.js'
import { checkFunction } from './function.js'

const largestU32 = 0xffff_ffff

/**
 * Puts functions into new slots at the end of table 0, where `call_indirect` finds them. The table
 * is made larger by as many slots, its maximum too.
 *
 * @returns the first of the slots; the others follow.
 * @throws WasmError when there is no table of functions, or it cannot become that large.
 */
export function appendToTable(module: Module, functionIndices: readonly number[]): number {
  for (const index of functionIndices) checkFunction(module, index)
  const table = firstTable(module)
  const slot = table.limits.min
  if (functionIndices.length === 0) return slot
  replaceFirstTable(module, { ...table, limits: grown(table.limits, functionIndices.length) })
  const offset = Uint8Array.of(op.i32Const, ...signedLeb128(slot | 0), op.end)
  module.elements.push({
    mode: { kind: 'active', table: 0, offset },
    items: { kind: 'functions', indices: [...functionIndices] },
  })
  return slot
}

function firstTable(module: Module): Table {
  const imported = module.imports.find((item) => item.kind === 'table')
  const table = imported?.table ?? module.tables[0]
  if (table === undefined) throw new WasmError('the module has no table')
  if (table.type !== ValueType.funcref) throw new WasmError('table 0 does not hold functions')
  return table
}

function replaceFirstTable(module: Module, table: Table): void {
  const at = module.imports.findIndex(({ kind }) => kind === 'table')
  const imported = module.imports[at]
  if (imported?.kind === 'table') module.imports[at] = { ...imported, table }
  else module.tables[0] = table
}

function grown({ min, max }: Limits, by: number): Limits {
  if (min + by > largestU32) {
    throw new WasmError(`table 0 has ${min} slots and cannot get ${by} more`)
  }
  return { min: min + by, max: max === undefined ? max : Math.min(max + by, largestU32) }
}
