import { readSections, SectionId } from '../binary/section.js'
import { ByteReader } from '../bytes/reader.js'
import { WasmError } from '../error.js'
import { readBody } from './code.js'
import { readCustom } from './custom.js'
import { readData } from './data.js'
import { readElement } from './element.js'
import { readExport } from './export.js'
import { readFuncType } from './function-type.js'
import { readGlobal } from './global.js'
import { readImport } from './import.js'
import { readLimits, readTable } from './limits.js'
import type { Module } from './module.js'

/**
 * Decodes a module of core spec 2.0 without SIMD. Bytes in the result are views of the input. Code
 * is taken as it is: instructions that are not supported show up in the edits that walk them.
 *
 * @throws WasmError when the binary is malformed or uses anything newer.
 */
export function decodeModule(bytes: Uint8Array): Module {
  const module: Module = {
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    dataCount: false,
    code: [],
    data: [],
    customs: [],
  }
  const sections = readSections(bytes)
  let statedData: number | undefined
  for (const [index, section] of sections.entries()) {
    const repeated = sections.findIndex(({ id }) => id === section.id) < index
    const reader = new ByteReader(section.body, section.offset)
    if (repeated && section.id !== SectionId.custom) {
      reader.fail(`section ${section.id} is there twice`)
    }
    if (section.id === SectionId.dataCount) statedData = reader.u32()
    else readSection(module, section.id, reader)
    reader.end(`section ${section.id}`)
  }
  module.dataCount = statedData !== undefined
  checkCount('functions', module.functions.length, module.code.length)
  checkCount('data segments', statedData ?? module.data.length, module.data.length)
  return module
}

function readSection(module: Module, id: number, reader: ByteReader): void {
  const index = (): number => reader.u32()
  if (id === SectionId.custom) module.customs.push(readCustom(reader))
  else if (id === SectionId.type) module.types = reader.list(readFuncType)
  else if (id === SectionId.import) module.imports = reader.list(readImport)
  else if (id === SectionId.function) module.functions = reader.list(index)
  else if (id === SectionId.table) module.tables = reader.list(readTable)
  else if (id === SectionId.memory) module.memories = reader.list(readLimits)
  else if (id === SectionId.global) module.globals = reader.list(readGlobal)
  else if (id === SectionId.export) module.exports = reader.list(readExport)
  else if (id === SectionId.start) module.start = reader.u32()
  else if (id === SectionId.element) module.elements = reader.list(readElement)
  else if (id === SectionId.code) module.code = reader.list(readBody)
  else if (id === SectionId.data) module.data = reader.list(readData)
  else reader.fail(`section ${id} is not supported`)
}

function checkCount(what: string, stated: number, found: number): void {
  if (stated !== found) {
    throw new WasmError(`the module states ${stated} ${what}, but holds ${found}`)
  }
}
