import { parse } from '@babel/parser'

import type { Source } from './source.js'

type Statement = ReturnType<typeof parse>['program']['body'][number]
type Module = Extract<Statement, { type: 'TSModuleDeclaration' }>
type Interface = Extract<Statement, { type: 'TSInterfaceDeclaration' }>
type FunctionDeclaration = Extract<Statement, { type: 'TSDeclareFunction' }>
type Member = Interface['body']['body'][number]
type Method = Extract<Member, { type: 'TSMethodSignature' }>
type Property = Extract<Member, { type: 'TSPropertySignature' }>
type Annotation = Extract<
  NonNullable<Property['typeAnnotation']>,
  { type: 'TSTypeAnnotation' }
>['typeAnnotation']
type FunctionType = Extract<Annotation, { type: 'TSFunctionType' }>
type Parameter = (FunctionType['parameters'] | FunctionDeclaration['params'])[number]

export type {
  Annotation,
  FunctionDeclaration,
  FunctionType,
  Interface,
  Method,
  Parameter,
  Statement,
}

/** A `declare module "name" { … }`. */
export interface AmbientModule {
  readonly name: string
  readonly body: readonly Statement[]
}

/**
 * The modules that a declaration file declares, in order.
 *
 * @throws {EwsError} `EWS_BUILD` for a syntax error, at its place.
 */
export function ambientModules(source: Source): AmbientModule[] {
  return parseDeclarations(source).flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type !== 'TSModuleDeclaration') return []
    return ambientModule(declared)
  })
}

function ambientModule({ id, body }: Module): AmbientModule[] {
  if (id.type !== 'StringLiteral' || body?.type !== 'TSModuleBlock') return []
  return [{ name: id.value, body: body.body }]
}

function parseDeclarations(source: Source): Statement[] {
  try {
    return parse(source.text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] })
      .program.body
  } catch (cause) {
    const { pos, message } = cause as { pos?: unknown; message?: unknown }
    const start = typeof pos === 'number' ? pos : 0
    // The parser puts the position behind its message; ours is in front.
    const text = String(message).replace(/ \(\d+:\d+\)$/, '')
    throw source.error({ start, end: start + 1 }, text, { cause })
  }
}
