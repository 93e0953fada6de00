import { SectionId, writeSections } from '../binary/section.js'
import { ByteWriter } from '../bytes/writer.js'
import { writeBody } from './code.js'
import { writeCustom } from './custom.js'
import { writeData } from './data.js'
import { writeElement } from './element.js'
import { writeExport } from './export.js'
import { writeFuncType } from './function-type.js'
import { writeGlobal } from './global.js'
import { writeImport } from './import.js'
import { writeLimits, writeTable } from './limits.js'
import type { Module } from './module.js'

/** Encodes a module: sections in the spec's order, empty ones left out, custom sections last. */
export function encodeModule(module: Module): Uint8Array<ArrayBuffer> {
  const sections: { id: number; body: Uint8Array }[] = []
  const section = (id: number, write: (writer: ByteWriter) => void): void => {
    const writer = new ByteWriter()
    write(writer)
    sections.push({ id, body: writer.finish() })
  }
  const list = <T>(
    id: number,
    items: readonly T[],
    write: (writer: ByteWriter, item: T) => void,
  ): void => {
    if (items.length > 0) section(id, (writer) => writer.list(items, write))
  }
  const { start } = module

  list(SectionId.type, module.types, writeFuncType)
  list(SectionId.import, module.imports, writeImport)
  list(SectionId.function, module.functions, writeIndex)
  list(SectionId.table, module.tables, writeTable)
  list(SectionId.memory, module.memories, writeLimits)
  list(SectionId.global, module.globals, writeGlobal)
  list(SectionId.export, module.exports, writeExport)
  if (start !== undefined) section(SectionId.start, (writer) => writer.u32(start))
  list(SectionId.element, module.elements, writeElement)
  // It stands before the code (core spec §5.5.16), in spite of its number.
  if (module.dataCount) section(SectionId.dataCount, (writer) => writer.u32(module.data.length))
  list(SectionId.code, module.code, writeBody)
  list(SectionId.data, module.data, writeData)
  for (const custom of module.customs) {
    section(SectionId.custom, (writer) => writeCustom(writer, custom))
  }
  return writeSections(sections)
}

function writeIndex(writer: ByteWriter, index: number): void {
  writer.u32(index)
}
