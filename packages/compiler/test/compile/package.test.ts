import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project } from '../project.js'

/** Compiles the first of these files and answers what its `run` does. */
async function answer(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
  options: { minify?: boolean } = {},
): Promise<string> {
  const folder = await project(files, packages)
  const entry = join(folder, Object.keys(files)[0] ?? '')
  const { wasm, exports } = await compile({ entry, ...options })
  expect(exports).toEqual(['run'])
  return call(await open(wasm), 'run', 'input')
}

describe('a script as js-pdk has it', () => {
  test.each<[string, Record<string, string>]>([
    [
      'with module.exports',
      { 'plugin.js': 'function run() { Host.outputString("a") }\nmodule.exports = { run }' },
    ],
    ['with exports', { 'plugin.js': 'exports.run = () => { Host.outputString("a") }' }],
    [
      'with several shapes of exports',
      {
        'plugin.js':
          'const run = async () => Host.outputString("a")\nmodule.exports = { run, answer: 42, Class: class {} }',
      },
    ],
    [
      'in a project of ES modules, as .cjs',
      {
        'plugin.cjs': 'module.exports = { run() { Host.outputString("a") } }',
        'package.json': '{"type": "module"}',
      },
    ],
    [
      'that requires another, and JSON',
      {
        'plugin.js': 'const { a } = require("./a")\nmodule.exports = { run: () => a() }',
        'a.js': 'const { text } = require("./a.json")\nexports.a = () => text',
        'a.json': '{"text": "a"}',
      },
    ],
  ])('%s exports its functions', async (_, files) => {
    expect(await answer(files)).toBe('a')
  })

  test('counts the vowels of its input', async () => {
    const source = `
      function run() {
        const vowels = Host.inputString().match(/[aeiou]/gi) ?? []
        Host.outputString(JSON.stringify({ count: vowels.length }))
      }
      module.exports = { run }`
    expect(await answer({ 'script.js': source })).toBe('{"count":2}')
  })
})

describe('a script with module.exports, in a package whose files are modules,', () => {
  const files = {
    'script.js': "const { two } = require('./two.cjs')\nmodule.exports = { run: () => 1 + two }",
    'two.cjs': 'exports.two = 2',
    'package.json': '{"type": "module"}',
  }

  test('is a script all the same, as for js-pdk', async () => {
    expect(await answer(files)).toBe('3')
  })

  test('has its own name in stacks', async () => {
    const folder = await project({
      'script.js': "module.exports = { run: () => { throw new Error('here') } }",
      'package.json': '{"type": "module"}',
    })
    const { map, modules } = await compile({ entry: join(folder, 'script.js') })
    expect((JSON.parse(map) as { sources: string[] }).sources).toContain('script.js')
    expect(modules.map(({ file }) => file)).toContain('script.js')
  })
})

const app = `
  function App({ name }: { name: string }) {
    return <ul className="list">{[1, 2].map((i) => <li key={i}>{name} {i}</li>)}</ul>
  }
  export const run = () => renderToStaticMarkup(<App name="<x>" />)`
const html = '<ul class="list"><li>&lt;x&gt; 1</li><li>&lt;x&gt; 2</li></ul>'

describe('React', () => {
  const packages = ['react', 'react-dom']

  test('renders to a string, with the classic createElement', async () => {
    const files = {
      'plugin.tsx': `
        import React from 'react'
        import { renderToStaticMarkup } from 'react-dom/server'
        ${app}`,
    }
    expect(await answer(files, packages)).toBe(html)
  })

  test.each([true, false])('and with the automatic runtime (minified: %s)', async (minify) => {
    const files = {
      'src/plugin.tsx': `
        import { renderToStaticMarkup } from 'react-dom/server'
        ${app}`,
      'tsconfig.json': '{"compilerOptions": {"jsx": "react-jsx"}}',
      'package.json': '{"type": "module"}',
    }
    expect(await answer(files, packages, { minify })).toBe(html)
  })

  test('renders with state and context, which only a first render has', async () => {
    const files = {
      'plugin.tsx': `
        import React, { createContext, useContext, useState } from 'react'
        import { renderToString } from 'react-dom/server'

        const Language = createContext('en')
        function Word() {
          const [count] = useState(3)
          return <i>{useContext(Language)}{count}</i>
        }
        export const run = () => renderToString(<Language.Provider value="de"><Word /></Language.Provider>)`,
    }
    expect(await answer(files, packages)).toBe('<i>de<!-- -->3</i>')
  })
})

describe('packages from npm', () => {
  test.each([
    [
      'fastest-levenshtein',
      'import { distance } from "fastest-levenshtein"',
      'distance("kitten", "sitting")',
      '3',
    ],
    [
      'marked',
      'import { marked } from "marked"',
      'marked.parse("# a *b*")',
      '<h1>a <em>b</em></h1>\n',
    ],
    [
      'yaml',
      'import { parse, stringify } from "yaml"',
      'stringify(parse("{a: [1, 2]}"))',
      'a:\n  - 1\n  - 2\n',
    ],
    [
      'semver',
      'import semver from "semver"',
      'String(semver.satisfies("1.2.3", "^1.0.0"))',
      'true',
    ],
  ])('%s runs in a plugin', async (name, imports, expression, text) => {
    const files = { 'plugin.mjs': `${imports}\nexport const run = () => ${expression}` }
    expect(await answer(files, [name])).toBe(text)
    expect(await answer(files, [name], { minify: true })).toBe(text)
  })
})

test('a minified plugin is smaller, and as deterministic', async () => {
  const files = {
    'plugin.ts':
      'import { parse } from "yaml"\nexport const run = () => parse(Host.inputString()) as string',
    'package.json': '{}',
  }
  const build = async (minify: boolean): Promise<{ wasm: Uint8Array; folder: string }> => {
    const folder = await project(files, ['yaml'])
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts'), minify })
    return { wasm, folder }
  }
  const [plain, small, again] = [await build(false), await build(true), await build(true)]
  expect(small.wasm.length).toBeLessThan(plain.wasm.length)
  expect(Buffer.compare(small.wasm, again.wasm)).toBe(0)
  expect(Buffer.from(small.wasm).includes(small.folder)).toBe(false)
})
