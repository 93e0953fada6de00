import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { project, refusal } from '../project.js'

const lines = (...text: string[]): string => text.join('\n')

describe('an entry', () => {
  test('that does not exist is named as it was given, and where it was looked for', async () => {
    const folder = await project({})
    const entry = join(folder, 'src/nowhere.ts')
    await expect(compile({ entry })).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: `entry file not found: ${entry}`,
    })
    await expect(compile({ entry: 'no/where.ts' })).rejects.toThrow(
      `entry file not found: no/where.ts (${join(process.cwd(), 'no/where.ts')})`,
    )
  })

  test('that is a folder is refused as one', async () => {
    const entry = await project({})
    await expect(compile({ entry })).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: `the entry must be a file, but ${entry} is a folder`,
    })
  })

  test.each<[string, Record<string, string>]>([
    ['nothing', { 'plugin.ts': '' }],
    ['only a comment', { 'plugin.ts': '// TODO' }],
    ['a function that is not exported', { 'plugin.ts': 'function run() { return 1 }\nrun()' }],
    ['only values', { 'plugin.ts': 'export const answer = 42\nexport default { a: 1 }' }],
    ['only types and a class', { 'plugin.ts': 'export interface A {}\nexport class B {}' }],
    ['CommonJS that exports null', { 'plugin.cjs': 'module.exports = null' }],
    ['JSON', { 'plugin.json': '{"run": 1}' }],
  ])('with %s is told that it exports no function', async (_, files) => {
    expect(await refusal(files)).toBe(
      `${Object.keys(files)[0]}: exports no function, so a host could call nothing: ` +
        'write `export function run() { … }` or `export async function run() { … }`',
    )
  })

  test.each(['memory', '__ews_attach', '_start'])('may not export %s', async (name) => {
    expect(await refusal({ 'src/plugin.ts': `export function ${name}() {}` })).toBe(
      `src/plugin.ts: the export name "${name}" is reserved: rename the function`,
    )
  })
})

describe('a syntax error', () => {
  test('is shown at its place in the author’s file, once', async () => {
    const source = lines('const a = 1', 'export function run() {', '  const x: string = = a', '}')
    expect(await refusal({ 'plugin.ts': source })).toBe(
      lines(
        'plugin.ts:3:21: Unexpected "="',
        '',
        '    3 │   const x: string = = a',
        '      ╵                     ^',
      ),
    )
  })

  test('in an imported file is shown there', async () => {
    const message = await refusal({
      'src/plugin.ts': 'import { a } from "./lib/a.js"\nexport const run = () => a',
      'src/lib/a.ts': '\n\nexport const a = )',
    })
    expect(message).toMatch(/^src\/lib\/a\.ts:3:18: Unexpected "\)"\n/)
  })

  test('behind letters that are not ASCII has the column that an editor shows', async () => {
    expect(await refusal({ 'plugin.ts': "const ü = 'äöü€😀'; const t = = 'ö'" })).toBe(
      lines(
        'plugin.ts:1:31: Unexpected "="',
        '',
        "    1 │ const ü = 'äöü€😀'; const t = = 'ö'",
        '      ╵                               ^',
      ),
    )
  })

  test('that refers to another place shows that one too', async () => {
    expect(await refusal({ 'plugin.ts': 'let a = 1\nlet a = 2' })).toBe(
      lines(
        'plugin.ts:2:5: The symbol "a" has already been declared',
        '',
        '    2 │ let a = 2',
        '      ╵     ^',
        '',
        'plugin.ts:1:5: The symbol "a" was originally declared here:',
        '',
        '    1 │ let a = 1',
        '      ╵     ^',
      ),
    )
  })

  test('that only the engine finds, in a regular expression, has its place too', async () => {
    const source = lines(
      'const ok = 1',
      'export function run(): boolean {',
      '  return /(/.test(`${ok}`)',
      '}',
    )
    expect(await refusal({ 'plugin.ts': source })).toBe(
      lines(
        "plugin.ts:3:10: SyntaxError: expecting ')'",
        '',
        '    3 │   return /(/.test(`${ok}`)',
        '      ╵          ^',
      ),
    )
  })

  test('is the only one of its line: each error is reported', async () => {
    const message = await refusal({
      'plugin.ts': 'import a from "./a.js"\nimport b from "./b.js"\nexport const run = () => a + b',
    })
    expect(message.match(/^plugin\.ts:\d+:\d+: .*$/gm)).toEqual([
      'plugin.ts:1:15: Could not resolve "./a.js"',
      'plugin.ts:2:15: Could not resolve "./b.js"',
    ])
  })

  test('does not bury the reader: ten are shown, the others counted', async () => {
    const imports = Array.from({ length: 13 }, (_, i) => `import "./file${i}.js"`)
    const message = await refusal({ 'plugin.ts': lines(...imports) })
    expect(message.match(/Could not resolve/g)).toHaveLength(10)
    expect(message).toMatch(/\n\nand 3 more errors$/)
  })
})

test('warnings have their place and an excerpt, in words about plugins', async () => {
  const folder = await project({
    'plugin.ts': 'export const run = () => import.meta.url\nexport const two = { a: 1, a: 2 }',
  })
  const { warnings } = await compile({ entry: join(folder, 'plugin.ts') })
  expect(warnings).toHaveLength(2)
  expect(warnings.join('\n')).toMatch(
    /plugin\.ts:2:28: Duplicate key "a" in object literal\n\n {4}2 │/,
  )
  expect(warnings.join('\n')).toContain('"import.meta" is not available in a plugin')
})
