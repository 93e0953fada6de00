import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EwsError } from '@extism-ws/protocol'

import { fromHere } from '../bundle/place.js'
import { isHostModule, readHostModule } from './host-module.js'
import type { ExportDeclaration, ImportDeclaration, PluginInterface } from './interface.js'
import { readMainModule } from './main-module.js'
import { errorAt, Source } from './source.js'
import { ambientModules } from './syntax.js'

/**
 * Reads an interface file: which functions the plugin exports, and which host functions it imports.
 *
 * @throws {EwsError} `EWS_BUILD` with the place in the file.
 */
export async function readInterface(file: string): Promise<PluginInterface> {
  return parseInterface(resolve(file), await textOf(file))
}

/** @param file absolute, for places. */
export function parseInterface(file: string, text: string): PluginInterface {
  const source = new Source(file, text)
  const modules = ambientModules(source)
  const main = modules.filter(({ name }) => name === 'main')
  if (main.length === 0) {
    throw new EwsError(
      'EWS_BUILD',
      `${fromHere(file)}: the interface file says nothing of what the plugin exports: write ` +
        '`declare module "main" { export function run(): I32 }`',
    )
  }
  const exports = main.flatMap((module) => readMainModule(source, module))
  const imports = modules.filter(isHostModule).flatMap((module) => readHostModule(source, module))
  refuseTwice(exports, ({ name }) => `"${name}" is declared twice in module "main"`)
  // `Host.getFunctions()` has them all by their name alone.
  refuseTwice(imports, ({ name }) => `the host function "${name}" is declared twice`)
  return { exports, imports }
}

function refuseTwice<T extends ExportDeclaration | ImportDeclaration>(
  declarations: readonly T[],
  describe: (declaration: T) => string,
): void {
  const seen = new Map<string, T>()
  for (const declaration of declarations) {
    const first = seen.get(declaration.name)
    if (first !== undefined) {
      const where = `${fromHere(first.place.file)}:${first.place.line}:${first.place.column}`
      throw errorAt(
        declaration.place,
        `${describe(declaration)}, first at ${where}: a Wasm function has one signature, ` +
          'so keep one of them, or give the other a name of its own',
      )
    }
    seen.set(declaration.name, declaration)
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    const where = resolve(file) === file ? '' : ` (${resolve(file)})`
    if (code === 'ENOENT') {
      throw new EwsError('EWS_BUILD', `interface file not found: ${file}${where}`, { cause })
    }
    const why = code === 'EISDIR' ? 'it is a folder' : String(cause)
    throw new EwsError('EWS_BUILD', `cannot read the interface file ${file}: ${why}`, { cause })
  }
}
