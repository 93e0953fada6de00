import type { Signature, ValueType } from '@extism-ws/protocol'

import type { Source, Span } from './source.js'
import type { Annotation, Parameter } from './syntax.js'

/** js-pdk's names of Wasm's types; `PTR` is the offset of a block of Extism memory. */
const types: Readonly<Record<string, ValueType>> = {
  I32: 'i32',
  I64: 'i64',
  F32: 'f32',
  F64: 'f64',
  PTR: 'i64',
}
const choice = 'Extism has I32, I64, F32, F64 and PTR'
const blocks =
  'text, bytes and objects cross as PTR, the offset of a block of memory (Memory.fromString(…).offset)'

interface Callable extends Span {
  readonly parameters: readonly Parameter[]
  /** The colon and the type; absent when the function has no declared result. */
  readonly result: unknown
  readonly generic: unknown
}

/**
 * The Wasm signature of a declared function.
 *
 * @throws {EwsError} `EWS_BUILD` at the place of what Wasm does not have.
 */
export function readSignature(source: Source, name: string, declared: Callable): Signature {
  if (declared.generic !== null && declared.generic !== undefined) {
    throw source.error(
      declared,
      `"${name}" has type parameters, and a Wasm function has none: remove them`,
    )
  }
  return {
    params: declared.parameters.map((parameter) => readParameter(source, name, parameter)),
    result: readResult(source, name, declared),
  }
}

function readParameter(
  source: Source,
  owner: string,
  parameter: Parameter,
): readonly [name: string, type: ValueType] {
  if (parameter.type !== 'Identifier') {
    throw source.error(
      parameter,
      `"${owner}" has a parameter that is not a plain one: declare each as \`name: TYPE\``,
    )
  }
  const { name, optional } = parameter
  if (optional === true) {
    throw source.error(
      parameter,
      `the parameter "${name}" of "${owner}" is optional, and a Wasm function is always called ` +
        'with all of them: remove the question mark',
    )
  }
  const annotation = annotationOf(parameter.typeAnnotation)
  if (annotation === undefined) {
    throw source.error(
      parameter,
      `the parameter "${name}" of "${owner}" has no type: ${choice}; write \`${name}: I32\``,
    )
  }
  return [name, readType(source, `the parameter "${name}" of "${owner}"`, annotation)]
}

function readResult(source: Source, name: string, declared: Callable): ValueType | undefined {
  const annotation = annotationOf(declared.result)
  if (annotation === undefined) {
    throw source.error(
      declared,
      `"${name}" has no result type: write \`: void\` for none; ${choice}`,
    )
  }
  if (annotation.type === 'TSVoidKeyword') return undefined
  return readType(source, `the result of "${name}"`, annotation)
}

function readType(source: Source, what: string, annotation: Annotation): ValueType {
  if (annotation.type === 'TSTypeReference' && annotation.typeName.type === 'Identifier') {
    const type = types[annotation.typeName.name.toUpperCase()]
    if (type !== undefined) return type
  }
  const text = source.textOf(annotation).replaceAll(/\s+/g, ' ')
  throw source.error(annotation, `${what} is of type \`${text}\`: ${choice}; ${blocks}`)
}

function annotationOf(colon: unknown): Annotation | undefined {
  const { type, typeAnnotation } = (colon ?? {}) as { type?: string; typeAnnotation?: Annotation }
  return type === 'TSTypeAnnotation' ? typeAnnotation : undefined
}
