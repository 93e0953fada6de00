import type { ExportDeclaration } from './interface.js'
import { readSignature } from './signature.js'
import type { Source } from './source.js'
import type { AmbientModule, FunctionDeclaration, Statement } from './syntax.js'

/** What may stand in the module without being a function of the plugin. */
const notExports = new Set([
  'EmptyStatement',
  'ImportDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
])

/**
 * The functions of `declare module "main"`.
 *
 * @throws {EwsError} `EWS_BUILD` at the place of what is not a function, or not one of Wasm.
 */
export function readMainModule(source: Source, { body }: AmbientModule): ExportDeclaration[] {
  return body.flatMap((statement) => {
    const declared = declarationOf(statement)
    if (declared === undefined || notExports.has(declared.type)) return []
    if (declared.type !== 'TSDeclareFunction') {
      throw source.error(
        statement,
        'module "main" declares something that is not a function: write `export function run(): I32`',
      )
    }
    return [readFunction(source, statement, declared)]
  })
}

/** Everything in an ambient module is exported, with the keyword or without. */
function declarationOf(statement: Statement): Statement | undefined {
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration as Statement
  if (statement.type !== 'ExportNamedDeclaration') return statement
  if (statement.declaration) return statement.declaration
  // `export {}` says nothing; `export { a }` is told what to write.
  return statement.specifiers.length === 0 ? undefined : statement
}

function readFunction(
  source: Source,
  statement: Statement,
  declared: FunctionDeclaration,
): ExportDeclaration {
  const name = statement.type === 'ExportDefaultDeclaration' ? 'default' : (declared.id?.name ?? '')
  const { params, result } = readSignature(source, name, {
    start: declared.start,
    end: declared.end,
    parameters: declared.params,
    result: declared.returnType,
    generic: declared.typeParameters,
  })
  const place = source.place(declared.id ?? declared)
  return { name, params: params.map(([, type]) => type), result, place }
}
