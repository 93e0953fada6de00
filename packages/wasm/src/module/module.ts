import type { Custom } from './custom.js'
import type { DataSegment } from './data.js'
import type { ElementSegment } from './element.js'
import type { Export } from './export.js'
import type { FuncType } from './function-type.js'
import type { Global } from './global.js'
import type { Import } from './import.js'
import type { Limits, Table } from './limits.js'

/**
 * A module of core spec 2.0 without SIMD, decoded as far as edits need it: plain data to be changed
 * in place. Byte arrays in it may be views of the binary that it was decoded from.
 */
export interface Module {
  types: FuncType[]
  imports: Import[]
  /** The type index of each function that the module defines. */
  functions: number[]
  tables: Table[]
  memories: Limits[]
  globals: Global[]
  exports: Export[]
  /** Index of the function that runs at instantiation. */
  start: number | undefined
  elements: ElementSegment[]
  /** Whether the number of data segments is stated ahead of the code; `memory.init` needs it. */
  dataCount: boolean
  /** The bodies of `functions`: locals and instructions, without the size in front. */
  code: Uint8Array[]
  data: DataSegment[]
  customs: Custom[]
}

/** How many indices the imports of a kind take. */
export function importCount(module: Module, kind: Import['kind']): number {
  return module.imports.filter((item) => item.kind === kind).length
}

export function functionCount(module: Module): number {
  return importCount(module, 'function') + module.functions.length
}
