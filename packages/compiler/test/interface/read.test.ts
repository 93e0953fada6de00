import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseInterface, readInterface } from '../../src/interface/read.js'
import { project } from '../project.js'

const file = join(process.cwd(), 'plugin.d.ts')
const main = 'declare module "main" { export function run(): I32 }'

function parse(text: string): ReturnType<typeof parseInterface> {
  return parseInterface(file, text)
}

function signatures(text: string): string[] {
  return parse(text).imports.map(({ namespace, name, signature: { params, result } }) => {
    const list = params.map(([each, type]) => `${each}: ${type}`).join(', ')
    return `${namespace} ${name}(${list}) -> ${result ?? 'none'}`
  })
}

describe('module "main"', () => {
  test('has exports with parameters and a result, and says where each is', () => {
    const { exports, imports } = parse(
      [
        "declare module 'main' {",
        '  export function greet(): I32',
        '  export function add3(a: I32, b: I64, c: F32): F64;',
        '  export function log(at: PTR): void',
        '}',
      ].join('\n'),
    )
    expect(imports).toEqual([])
    expect(exports.map(({ name, params, result }) => [name, params, result])).toEqual([
      ['greet', [], 'i32'],
      ['add3', ['i32', 'i64', 'f32'], 'f64'],
      ['log', ['i64'], undefined],
    ])
    expect(exports[1]?.place).toEqual({
      file,
      line: 3,
      column: 19,
      length: 4,
      text: '  export function add3(a: I32, b: I64, c: F32): F64;',
    })
  })

  test('exports everything in it, also without the keyword, and a default', () => {
    const { exports } = parse(
      'declare module "main" { function a(): I32; export default function (): I32; export {} }',
    )
    expect(exports.map(({ name }) => name)).toEqual(['a', 'default'])
  })

  test('may stand in several pieces, between types, comments and other modules', () => {
    const { exports } = parse(
      [
        '/// <reference types="@extism/js-pdk" />',
        'import type { A } from "a"',
        'declare module "main" { type B = string; interface C {} export function a(): I32 }',
        'declare module "*.html" { const text: string; export default text }',
        'declare module "main" { export function b(): I32 }',
        'export {}',
      ].join('\n'),
    )
    expect(exports.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test.each(['i32', 'I32', 'i64', 'F32', 'f64', 'PTR', 'ptr'])('knows the type %s', (type) => {
    const { exports } = parse(`declare module "main" { export function a(p: ${type}): ${type} }`)
    const wasm = type.toLowerCase() === 'ptr' ? 'i64' : type.toLowerCase()
    expect(exports[0]).toMatchObject({ params: [wasm], result: wasm })
  })

  test('may declare nothing', () => {
    expect(parse('declare module "main" {}')).toEqual({ exports: [], imports: [] })
  })
})

describe('module "extism:host"', () => {
  test('has an interface per namespace, with methods and function properties', () => {
    const text = `${main}
      declare module "extism:host" {
        interface user { f(ptr: I64): I64; g: (a: I32, b: F64) => void; 'h i'(): F32 }
        interface other { p(p: PTR): ptr }
      }`
    expect(signatures(text)).toEqual([
      'extism:host/user f(ptr: i64) -> i64',
      'extism:host/user g(a: i32, b: f64) -> none',
      'extism:host/user h i() -> f32',
      'extism:host/other p(p: i64) -> i64',
    ])
  })

  test('may be named with its namespace, as it was once', () => {
    const text = `${main}\ndeclare module "extism:host/user" { interface user { f(): void } }`
    expect(signatures(text)).toEqual(['extism:host/user f() -> none'])
  })

  test('may have parameters of one name, since only their order counts', () => {
    const text = `${main}\ndeclare module "extism:host" { interface user { f(a: I64, a: I32): void } }`
    expect(signatures(text)).toEqual(['extism:host/user f(a: i64, a: i32) -> none'])
  })

  test('may have any number of parameters', () => {
    const params = Array.from({ length: 20 }, (_, i) => `p${i}: I32`).join(', ')
    const text = `${main}\ndeclare module "extism:host" { interface user { f(${params}): I32 } }`
    expect(parse(text).imports[0]?.signature.params).toHaveLength(20)
  })

  test('may declare our socket functions, which the official compiler wants and we know', () => {
    const ours = 'ws_send(socket: I32, kind: I32, data: I64, length: I32): I32'
    const text = `${main}\ndeclare module "extism:host" { interface user { ${ours}; f(): I32 } }`
    expect(parseInterface('/plugin.d.ts', text).imports.map(({ name }) => name)).toEqual(['f'])
  })
})

describe('an interface file is refused', () => {
  test.each([
    [
      'a type that Extism does not have',
      'declare module "main" { export function run(a: string): I32 }',
      '1:48: the parameter "a" of "run" is of type `string`: Extism has I32, I64, F32, F64 and PTR',
    ],
    [
      'an object type as result',
      'declare module "main" { export function run(): { a: I32 } }',
      '1:48: the result of "run" is of type `{ a: I32 }`: ',
    ],
    [
      'a union',
      'declare module "main" {\n  export function run(): I32 | I64\n}',
      '2:26: the result of "run" is of type `I32 | I64`: ',
    ],
    [
      'void as a parameter',
      'declare module "main" { export function run(a: void): I32 }',
      '1:48: the parameter "a" of "run" is of type `void`: ',
    ],
    [
      'a missing result type',
      'declare module "main" { export function run() }',
      '1:32: "run" has no result type: write `: void` for none',
    ],
    [
      'a parameter without a type',
      'declare module "main" { export function run(a): I32 }',
      '1:45: the parameter "a" of "run" has no type: ',
    ],
    [
      'an optional parameter',
      'declare module "main" { export function run(a?: I32): I32 }',
      '1:45: the parameter "a" of "run" is optional',
    ],
    [
      'a rest parameter',
      'declare module "main" { export function run(...a: I32[]): I32 }',
      '1:45: "run" has a parameter that is not a plain one',
    ],
    [
      'type parameters',
      'declare module "main" { export function run<T>(a: I32): I32 }',
      '1:32: "run" has type parameters',
    ],
    [
      'an overload',
      'declare module "main" { export function a(): I32\nexport function a(b: I32): I32 }',
      '2:17: "a" is declared twice in module "main", first at plugin.d.ts:1:41: ',
    ],
    [
      'something in main that is no function',
      'declare module "main" { export const run: I32 }',
      '1:25: module "main" declares something that is not a function: write `export function run(): I32`',
    ],
    [
      'a host function that is declared twice, also in another namespace',
      `${main}\ndeclare module "extism:host" { interface user { f(): void } interface b { f(): I32 } }`,
      '2:75: the host function "f" is declared twice, first at plugin.d.ts:2:49: ',
    ],
    [
      'a host function of unknown type',
      `${main}\ndeclare module "extism:host" { interface user { f(a: I32): number } }`,
      '2:60: the result of "f" is of type `number`: ',
    ],
    [
      'a host function without result type',
      `${main}\ndeclare module "extism:host" { interface user { f(a: I32) } }`,
      '2:49: "f" has no result type',
    ],
    [
      'a property that is no function',
      `${main}\ndeclare module "extism:host" { interface user { a: I32 } }`,
      '2:49: a host function is declared as a method: write `name(a: I64): I64`',
    ],
    [
      'a call signature',
      `${main}\ndeclare module "extism:host" { interface user { (a: I32): I32 } }`,
      '2:49: a host function is declared as a method',
    ],
    [
      'a host function outside an interface',
      `${main}\ndeclare module "extism:host" { export function f(): I32 }`,
      '2:39: a function of "extism:host" belongs into an interface',
    ],
    [
      'a socket function of ours with other types',
      `${main}\ndeclare module "extism:host" { interface user { ws_send(): I32 } }`,
      '2:49: "ws_send" is a host function of extism-ws, with other types: remove it here',
    ],
    [
      'a syntax error',
      'declare module "main" {\n  export function run(: I32\n}',
      '2:23: Unexpected token',
    ],
    [
      'a body',
      'declare module "main" { export function run(): I32 { return 1 } }',
      '1:32: An implementation cannot be declared',
    ],
    ['text of another kind', 'this is a text', '1:5: Missing semicolon'],
  ])('for %s, at its place', (_, text, message) => {
    const error = expect.objectContaining({
      code: 'EWS_BUILD',
      message: expect.stringMatching(/\n\n {4}\d+ │ .*\n +╵ +[~^]/),
    })
    expect(() => parse(text)).toThrow(error)
    expect(() => parse(text)).toThrow(`plugin.d.ts:${message}`)
  })

  test.each(['', 'declare module "mian" { export function run(): I32 }', 'declare module main {}'])(
    'when it says nothing of module "main": %j',
    (text) => {
      expect(() => parse(text)).toThrow(
        'plugin.d.ts: the interface file says nothing of what the plugin exports: write ' +
          '`declare module "main" { export function run(): I32 }`',
      )
    },
  )

  test('when it does not exist, or is a folder', async () => {
    const folder = await project({})
    const missing = join(folder, 'no.d.ts')
    await expect(readInterface(missing)).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: `interface file not found: ${missing}`,
    })
    const here = relative('', missing)
    await expect(readInterface(here)).rejects.toThrow(
      `interface file not found: ${here} (${missing})`,
    )
    await expect(readInterface(folder)).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: `cannot read the interface file ${folder}: it is a folder`,
    })
  })

  test('and a byte order mark counts for nothing', () => {
    expect(() => parse('\uFEFFdeclare module "main" { export function a(): any }')).toThrow(
      'plugin.d.ts:1:46: ',
    )
  })

  test('and lines that end as on Windows are counted as they are', () => {
    expect(() => parse('declare module "main" {\r\n  export function run(): any\r\n}')).toThrow(
      'plugin.d.ts:2:26: ',
    )
  })
})
