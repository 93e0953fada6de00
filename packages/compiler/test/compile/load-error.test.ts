import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { project, refusal } from '../project.js'

const lines = (...text: string[]): string => text.join('\n')
const when = 'The top level of a plugin runs once, while the plugin is built.'

describe('code that throws while it is loaded', () => {
  test('is shown at its place in the author’s source, with the way there', async () => {
    const files = {
      'src/plugin.ts': lines(
        "import { parse } from './parse/config.js'",
        '',
        "const config = parse('abc')",
        'export const run = () => config',
      ),
      'src/parse/config.ts': lines(
        'export interface Config { readonly url: string }',
        '',
        'export function parse(text: string): Config {',
        "  throw new TypeError('not a config: ' + text)",
        '}',
      ),
    }
    expect(await refusal(files)).toBe(
      lines(
        'src/parse/config.ts:4:42: TypeError: not a config: abc',
        '',
        "    4 │   throw new TypeError('not a config: ' + text)",
        '      ╵                                          ^',
        '',
        '    at parse (src/parse/config.ts:4:42)',
        '    at src/plugin.ts:3:16',
        '',
        when,
      ),
    )
  })

  test('says its place once when there is no way there', async () => {
    expect(await refusal({ 'plugin.ts': 'export const a = missing.name' })).toBe(
      lines(
        'plugin.ts:1:18: ReferenceError: missing is not defined',
        '',
        '    1 │ export const a = missing.name',
        '      ╵                  ^',
        '',
        when,
      ),
    )
  })

  test('has the column that an editor shows, behind letters that are not ASCII', async () => {
    const message = await refusal({ 'plugin.ts': "const a = ['äöü€😀', missing]" })
    expect(message).toMatch(/^plugin\.ts:1:22: ReferenceError: missing is not defined\n/)
  })

  test('in a package is shown at the author’s line that called it', async () => {
    const message = await refusal({
      'plugin.ts': "import { start } from 'engine'\n\nstart()",
      'node_modules/engine/package.json': '{"main": "main.js"}',
      'node_modules/engine/main.js': 'exports.start = () => {\n  throw new Error("no fuel")\n}',
    })
    expect(message).toBe(
      lines(
        'plugin.ts:3:1: Error: no fuel',
        '',
        '    3 │ start()',
        '      ╵ ^',
        '',
        '    at node_modules/engine/main.js:2:13',
        '    at plugin.ts:3:1',
        '',
        when,
      ),
    )
  })

  test('while a package is loaded is shown at the import of it', async () => {
    const message = await refusal({
      'src/plugin.ts': "import 'engine'\nexport const run = () => 1",
      'node_modules/engine/package.json': '{"main": "main.js"}',
      'node_modules/engine/main.js': '\nmodule.exports = document.title',
    })
    expect(message).toBe(
      lines(
        'src/plugin.ts:1:8: ReferenceError: document is not defined',
        '',
        "    1 │ import 'engine'",
        '      ╵        ^',
        '',
        '    at node_modules/engine/main.js:2:18',
        '    at src/plugin.ts:1:8',
        '',
        when,
      ),
    )
  })

  test('in a recursion without end is an error like others, and its stack is short', async () => {
    const message = await refusal({
      'plugin.ts': 'function deep(): number {\n  return deep() + 1\n}\nexport const depth = deep()',
    })
    expect(message).toMatch(/^plugin\.ts:2:10: RangeError: Maximum call stack size exceeded\n/)
    expect(message.split('\n').length).toBeLessThan(20)
  })

  test('when it runs out of memory is an error like others', async () => {
    const message = await refusal({
      'plugin.ts': 'const all: unknown[] = []\nfor (;;) all.push(new Uint8Array(20_000_000))',
    })
    expect(message).toMatch(/^plugin\.ts:2:\d+: InternalError: out of memory\n/)
  })

  test.each([
    ["'just text'", 'Error: just text'],
    ['{ code: 3 }', 'Error: {"code":3}'],
    ['null', 'Error: null'],
  ])('with %s, which has no stack, is told why there is no place', async (value, text) => {
    expect(await refusal({ 'plugin.ts': `throw ${value}` })).toBe(
      lines(
        `plugin.ts: ${text}`,
        '',
        'It has no position because it is not an Error: throw `new Error(…)` instead.',
        when,
      ),
    )
  })

  test('in a getter of its exports is refused like other code', async () => {
    const message = await refusal({
      'plugin.cjs': 'module.exports = {\n  get run() { throw new Error("not yet") },\n}',
    })
    expect(message).toMatch(/^plugin\.cjs:2:\d+: Error: not yet\n/)
  })

  test('shows what it printed before', async () => {
    const message = await refusal({
      'plugin.ts': "console.log('one', { two: 2 })\nconsole.warn('three')\nthrow new Error('four')",
    })
    expect(message).toMatch(/\n\nPrinted before that:\none \{ two: 2 \}\nthree$/)
  })
})

describe('a promise that is rejected while the plugin is loaded', () => {
  test('and that nothing handles fails the build at its place', async () => {
    const message = await refusal({
      'plugin.ts': lines(
        'async function init(): Promise<void> {',
        '  await null',
        "  throw new Error('too late')",
        '}',
        'void init()',
        'export const run = () => 1',
      ),
    })
    expect(message).toMatch(/^plugin\.ts:3:13: Unhandled rejection: Error: too late\n\n {4}3 │/)
  })

  test('is fine when it is handled', async () => {
    const folder = await project({
      'plugin.ts': lines(
        "const caught = Promise.reject(new Error('x')).catch(() => 'caught')",
        'export const run = async () => caught',
      ),
    })
    const { exports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(exports).toEqual(['run'])
  })
})

describe('what needs a host, at the top level,', () => {
  test.each([
    ["Config.get('key')", 8, 'Config.get was called while the plugin was being built'],
    ["Var.set('a', 'b')", 5, 'Var.set was called while the plugin was being built'],
    ["Var.getString('a')", 5, 'Var.getString was called while the plugin was being built'],
    ["Memory.fromString('a')", 8, 'Memory was called while the plugin was being built'],
    ['Host.inputString()', 6, 'no call is running: Host.input and Host.output need one'],
    ["Host.outputString('a')", 6, 'no call is running: Host.input and Host.output need one'],
  ])('is refused at its place: %s', async (code, column, text) => {
    const message = await refusal({ 'plugin.ts': `\n${code}\nexport const run = () => 1` })
    expect(message).toContain(`plugin.ts:2:${column}: Error: ${text}`)
    expect(message).toMatch(new RegExp(`${when}$`))
  })

  test.each([
    ['new WebSocket("wss://a.example")', 5, 'Error'],
    ['connect("wss://a.example")', 1, 'Unhandled rejection: Error'],
  ])('is refused at its place: %s', async (code, column, kind) => {
    const source = `import { connect } from "@extism-ws/guest"\n${code}\nexport const run = connect`
    const message = await refusal({ 'plugin.ts': source })
    expect(message.split('\n')[0]).toBe(
      `plugin.ts:2:${column}: ${kind}: a WebSocket was opened while the plugin was being built; ` +
        'there is no host yet: connect inside an exported function',
    )
    expect(message).not.toContain('guest/dist')
    const portable = await refusal({ 'plugin.ts': source }, { portable: true })
    expect(portable.split('\n')[0]).toMatch(
      new RegExp(`^plugin\\.ts:2:${column}: ${kind}: .*while the plugin was being built`),
    )
  })
})

describe('lines that are printed at the top level', () => {
  test('come with the plugin, with their level, those of promise jobs too', async () => {
    const folder = await project({
      'plugin.ts': lines(
        "console.debug('a', 1)",
        "console.log('b', { c: [2] })",
        "console.warn('multiple\\n\\nlines')",
        "void Promise.resolve().then(() => console.error('later'))",
        "export const run = () => console.log('not at build')",
      ),
    })
    const { lines: printed } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(printed).toEqual([
      { level: 1, text: 'a 1' },
      { level: 2, text: 'b { c: [ 2 ] }' },
      { level: 3, text: 'multiple\n\nlines' },
      { level: 4, text: 'later' },
    ])
  })

  test('show the stacks of errors with the author’s positions', async () => {
    const folder = await project({
      'plugin.ts': lines(
        'function make(): Error {',
        "  return new Error('plugin.js:1:1 is no frame')",
        '}',
        'console.error(make())',
        'export const run = make',
      ),
    })
    const { lines: printed } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(printed[0]?.text.replaceAll(/\(?\S*plugin\.ts/g, 'plugin.ts')).toBe(
      lines(
        'Error: plugin.js:1:1 is no frame',
        '    at make plugin.ts:2:14)',
        '    at plugin.ts:4:15',
      ),
    )
  })
})
