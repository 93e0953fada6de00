import { portableFunctions, type Signature, type ValueType } from '@extism-ws/protocol'

import type { ExportDeclaration } from '../interface/interface.js'
import type { HostFunction } from '../link/host-function.js'

const typeNames: Readonly<Record<ValueType, string>> = {
  i32: 'I32',
  i64: 'I64',
  f32: 'F32',
  f64: 'F64',
}
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

type Export = Omit<ExportDeclaration, 'place'>

/** Whether the official compiler can read the name in an interface file. */
export function isDeclarable(name: string): boolean {
  return identifier.test(name) && name !== 'default'
}

/** An interface file for the official compiler. */
export function interfaceFile(
  exports: readonly Export[],
  functions: readonly HostFunction[],
): string {
  const main = exports.map(
    ({ name, params, result }) =>
      `  export function ${name}(${params.map((type, i) => `p${i}: ${typeNames[type]}`).join(', ')}): ` +
      `${resultName(result)}\n`,
  )
  return `declare module 'main' {\n${main.join('')}}\n${hostModule(functions)}`
}

/**
 * The socket host functions as a declaration file, for authors who call the official compiler
 * themselves: they copy the functions that their bundle uses into their own interface file.
 */
export function socketDeclarations(): string {
  const functions = Object.entries<Signature>(portableFunctions)
  const members = functions.map(([name, signature]) => method(name, signature, '    '))
  return [
    '// The host functions of extism-ws, portable layer, for plugins that are made by the official',
    '// compiler `extism-js`: it imports what its interface file (-i) declares. Made from',
    '// packages/protocol/src/abi.ts; docs/abi.md says what each does. I32 and I64 are types of',
    '// the npm package @extism/js-pdk.',
    '',
    "declare module 'extism:host' {",
    '  interface user {',
    ...members,
    '  }',
    '}',
    '',
  ].join('\n')
}

function hostModule(functions: readonly HostFunction[]): string {
  if (functions.length === 0) return ''
  const prefix = 'extism:host/'
  const names = [...new Set(functions.map(({ namespace }) => namespace))]
  const interfaces = names.map((namespace) => {
    const members = functions
      .filter((each) => each.namespace === namespace)
      .map(({ name, signature }) => `${method(name, signature, '    ')}\n`)
    return `  interface ${namespace.slice(prefix.length)} {\n${members.join('')}  }\n`
  })
  return `declare module 'extism:host' {\n${interfaces.join('')}}\n`
}

function method(name: string, { params, result }: Signature, indent: string): string {
  const list = params.map(([each, type]) => `${each}: ${typeNames[type]}`).join(', ')
  return `${indent}${name}(${list}): ${resultName(result)}`
}

function resultName(result: ValueType | undefined): string {
  return result === undefined ? 'void' : typeNames[result]
}
