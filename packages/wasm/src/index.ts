// Any module: sections, imports, exports and memory limits, without a look at anything else.
export type { ExternalKind } from './binary/descriptor.js'
export { listExports, type ExportName } from './binary/export-list.js'
export { listImportedFunctions, type ImportedFunction } from './binary/imported-function.js'
export { listImports, renameImportModule, type ImportName } from './binary/import-list.js'
export { limitMemory } from './binary/memory-limit.js'
export { readSections, SectionId, writeSections, type Section } from './binary/section.js'
export { WasmError } from './error.js'

// Modules of core spec 2.0: decoded, edited, encoded.
export { appendFunction, exportFunction, internType, keepExports } from './edit/function.js'
export { insertFunctionImports, type FunctionImport } from './edit/function-import.js'
export type { GlobalValues } from './edit/global-value.js'
export { snapshot, type InstanceState } from './edit/snapshot.js'
export { appendToTable } from './edit/table.js'
export type { Custom } from './module/custom.js'
export type { DataMode, DataSegment } from './module/data.js'
export { decodeModule } from './module/decode.js'
export type { ElementItems, ElementMode, ElementSegment } from './module/element.js'
export { encodeModule } from './module/encode.js'
export type { Export } from './module/export.js'
export type { FuncType } from './module/function-type.js'
export type { Global, GlobalType } from './module/global.js'
export type { Import, ImportType } from './module/import.js'
export type { Limits, Table } from './module/limits.js'
export type { Module } from './module/module.js'
export { ValueType, type ReferenceType } from './module/value-type.js'

// Bodies of functions, and the numbers in them.
export { signedLeb128, unsignedLeb128 } from './bytes/leb128.js'
export { ByteReader } from './bytes/reader.js'
export {
  br,
  brIf,
  call,
  callIndirect,
  f32Load,
  f32Store,
  f64Load,
  f64Store,
  functionBody,
  globalGet,
  globalSet,
  i32Const,
  i32Load,
  i32Load16U,
  i32Load8U,
  i32Store,
  i32Store16,
  i32Store8,
  i64Const,
  i64Load,
  i64Store,
  localGet,
  localSet,
  localTee,
  type Code,
} from './code/body.js'
export { op } from './code/op.js'
