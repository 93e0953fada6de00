import { ByteReader } from '../bytes/reader.js'
import { readFuncType, type FuncType } from '../module/function-type.js'
import { readImportEntries } from './import-list.js'
import { readSections, SectionId } from './section.js'

/** A function that a module imports. */
export interface ImportedFunction {
  readonly module: string
  readonly name: string
  readonly type: FuncType
}

/**
 * Lists the functions that a module imports, with their types: what `WebAssembly.Module.imports` does not
 * tell.
 *
 * @throws WasmError when a type is not of core spec 2.0, or a section cannot be read.
 */
export function listImportedFunctions(bytes: Uint8Array): ImportedFunction[] {
  const sections = readSections(bytes)
  const types = sections
    .filter(({ id }) => id === SectionId.type)
    .flatMap(({ body, offset }) => new ByteReader(body, offset).list(readFuncType))
  return sections
    .filter(({ id }) => id === SectionId.import)
    .flatMap((section) =>
      readImportEntries(section).flatMap(({ module, name, kind, descriptor }) => {
        if (kind !== 'function') return []
        const index = new ByteReader(section.body.subarray(descriptor)).u32()
        const type = types[index]
        // The engine refuses a module that names a type it does not have.
        return type === undefined ? [] : [{ module, name, type }]
      }),
    )
}
