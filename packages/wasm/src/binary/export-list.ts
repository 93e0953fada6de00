import { ByteReader } from '../bytes/reader.js'
import { readKind, type ExternalKind } from './descriptor.js'
import { readSections, SectionId, type Section } from './section.js'

/** One export, as `WebAssembly.Module.exports` would list it. */
export interface ExportName {
  readonly name: string
  readonly kind: ExternalKind
}

/**
 * Lists what a module exports. Works for modules whose code uses unknown features.
 *
 * @throws WasmError when the export section cannot be read.
 */
export function listExports(bytes: Uint8Array): ExportName[] {
  return readSections(bytes)
    .filter(({ id }) => id === SectionId.export)
    .flatMap(readExportNames)
}

function readExportNames(section: Section): ExportName[] {
  const reader = new ByteReader(section.body, section.offset)
  const names = reader.list((): ExportName => {
    const name = reader.name()
    const kind = readKind(reader)
    reader.skipInteger(32)
    return { name, kind }
  })
  reader.end('the export section')
  return names
}
