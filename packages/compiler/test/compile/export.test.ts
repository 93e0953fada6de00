import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { fixture, project } from '../project.js'

describe('the exports of a plugin', () => {
  test('are the functions of the entry module, sync, async and re-exported, sorted by name', async () => {
    const { exports } = await compile({ entry: fixture('exports.ts') })
    expect(exports).toEqual(['arrow', 'default', 'greet', 'later', 'says hello', 'sync', 'ünï'])
  })

  test('answer when a host calls them', async () => {
    const { wasm, exports } = await compile({ entry: fixture('exports.ts') })
    const plugin = await open(wasm)
    const answers = []
    for (const name of exports) answers.push(await call(plugin, name, name))
    expect(answers).toEqual([
      'arrow',
      'default',
      'hello greet',
      'later',
      'hello says hello',
      'sync',
      'hello ünï',
    ])
  })

  test('stand in the Wasm module beside memory and those of the protocol, and nothing else', async () => {
    const { wasm, exports } = await compile({ entry: fixture('exports.ts') })
    const module = await WebAssembly.compile(wasm as BufferSource)
    expect(
      WebAssembly.Module.exports(module)
        .map(({ name, kind }) => `${kind} ${name}`)
        .sort(),
    ).toEqual(
      [
        'function __ews_attach',
        'function __ews_deadline',
        'function __ews_dispatch',
        'function __ews_pending',
        'function __ews_reserve',
        'function __ews_throw',
        'function __ews_waited',
        ...exports.map((name) => `function ${name}`),
        'memory memory',
      ].sort(),
    )
  })
})

describe('an entry file', () => {
  const modern = 'export const run = () => `${[1, 2].at(-1)} ${import.meta.url === undefined}`'
  test.each<[string, Record<string, string>, string]>([
    [
      'a script of CommonJS',
      { 'plugin.cjs': 'module.exports = { run() { return "cjs" } }' },
      'cjs',
    ],
    ['CommonJS in a .js file', { 'plugin.js': 'exports.run = () => "js"' }, 'js'],
    ['an ES module in a .js file', { 'plugin.js': 'export const run = () => "esm"' }, 'esm'],
    ['an .mjs file', { 'plugin.mjs': 'export const run = async () => "mjs"' }, 'mjs'],
    [
      'an .mts file that imports a .cts file',
      {
        'plugin.mts': 'import { name } from "./name.cjs"\nexport const run = (): string => name',
        'name.cts': 'exports.name = "cts" as string',
      },
      'cts',
    ],
    [
      'a .tsx file with classic JSX',
      {
        'plugin.tsx': [
          'const React = { createElement: (tag: string, _: null, text: string) => `<${tag}>${text}` }',
          'export const run = () => <b>tsx</b>',
        ].join('\n'),
      },
      '<b>tsx',
    ],
    [
      'a file that imports JSON',
      {
        'plugin.ts': 'import { city } from "./a.json"\nexport const run = () => city',
        'a.json': '{"city": "Zürich 🏔"}',
      },
      'Zürich 🏔',
    ],
    [
      'a file that imports dynamically',
      {
        'plugin.ts': 'export const run = async () => (await import("./lazy.js")).lazy',
        'lazy.ts': 'export const lazy = "lazy"',
      },
      'lazy',
    ],
    [
      'a package of the project',
      {
        'plugin.ts': 'import twice from "twice"\nexport const run = () => twice("x")',
        'node_modules/twice/package.json': '{"main": "main.js"}',
        'node_modules/twice/main.js': 'module.exports = (text) => text + text',
      },
      'xx',
    ],
    [
      'one that asks for the mode of the build, as packages for browsers do',
      { 'plugin.ts': 'export const run = () => process.env.NODE_ENV' },
      'production',
    ],
    ['newer syntax and import.meta', { 'plugin.ts': modern }, '2 true'],
    ['a file with the name of the bundle', { 'plugin.js': 'export const run = () => 1' }, '1'],
  ])('may be %s', async (_, files, answer) => {
    const folder = await project(files)
    const { wasm, exports } = await compile({ entry: join(folder, Object.keys(files)[0] ?? '') })
    expect(exports).toEqual(['run'])
    expect(await call(await open(wasm), 'run')).toBe(answer)
  })

  test('of CommonJS that is one function exports it as default', async () => {
    const folder = await project({
      'plugin.cjs': 'module.exports = () => "one"; module.exports.other = () => "two"',
    })
    const { wasm, exports } = await compile({ entry: join(folder, 'plugin.cjs') })
    expect(exports).toEqual(['default', 'other'])
    const plugin = await open(wasm)
    expect([await call(plugin, 'default'), await call(plugin, 'other')]).toEqual(['one', 'two'])
  })

  test('may be named by a path relative to the working directory', async () => {
    const { exports } = await compile({ entry: 'test/fixtures/greet.ts' })
    expect(exports).toEqual(['greet'])
  })

  test('finds nothing of the build in the global object', async () => {
    const folder = await project({
      'plugin.ts': `export const run = () =>
        Object.getOwnPropertyNames(globalThis).filter(
          (name) => /^_|ews|engine|slot/.test(name) && globalThis[name] !== undefined,
        )`,
    })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(await call(await open(wasm), 'run')).toBe('[]')
  })
})
