import { ByteReader } from '../bytes/reader.js'
import { encodeText } from '../bytes/text.js'
import { ByteWriter } from '../bytes/writer.js'
import { readKind, skipDescriptor, type ExternalKind } from './descriptor.js'
import { readSections, rewriteSections, SectionId, type Section } from './section.js'

/** One import, as `WebAssembly.Module.imports` would list it. */
export interface ImportName {
  readonly module: string
  readonly name: string
  readonly kind: ExternalKind
}

/** An import, and where its parts lie in the body of the import section. */
export interface ImportEntry extends ImportName {
  readonly start: number
  readonly moduleEnd: number
  /** Where the description of the imported thing starts, after its kind. */
  readonly descriptor: number
  readonly end: number
}

export function readImportEntries(section: Section): ImportEntry[] {
  const reader = new ByteReader(section.body, section.offset)
  const entries = reader.list((): ImportEntry => {
    const start = reader.position
    const module = reader.name()
    const moduleEnd = reader.position
    const name = reader.name()
    const kind = readKind(reader)
    const descriptor = reader.position
    skipDescriptor(reader, kind)
    return { module, name, kind, start, moduleEnd, descriptor, end: reader.position }
  })
  reader.end('the import section')
  return entries
}

/**
 * Lists what a module imports. Works for modules whose code uses unknown features.
 *
 * @throws WasmError when the import section cannot be read.
 */
export function listImports(bytes: Uint8Array): ImportName[] {
  return readSections(bytes)
    .filter(({ id }) => id === SectionId.import)
    .flatMap(readImportEntries)
    .map(({ module, name, kind }) => ({ module, name, kind }))
}

/**
 * Renames the module from which things are imported, in all imports of that module. Gives the input
 * itself back when nothing is imported from there.
 *
 * @param only the names of the imports that are meant. Default: all of that module.
 * @throws WasmError when the import section cannot be read.
 */
export function renameImportModule<B extends ArrayBufferLike>(
  bytes: Uint8Array<B>,
  from: string,
  to: string,
  only?: ReadonlySet<string>,
): Uint8Array<B | ArrayBuffer> {
  if (from === to) return bytes
  const isMeant = (entry: ImportName): boolean =>
    entry.module === from && (only === undefined || only.has(entry.name))
  const name = encodeText(to)
  return rewriteSections(bytes, (section) => {
    if (section.id !== SectionId.import) return section.body
    const entries = readImportEntries(section)
    if (!entries.some(isMeant)) return section.body
    const writer = new ByteWriter(section.body.length)
    writer.list(entries, (_, entry) => {
      const renamed = isMeant(entry)
      if (renamed) writer.block(name)
      writer.put(section.body.subarray(renamed ? entry.moduleEnd : entry.start, entry.end))
    })
    return writer.finish()
  })
}
