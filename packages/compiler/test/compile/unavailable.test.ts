import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { project, refusal } from '../project.js'

const lines = (...text: string[]): string => text.join('\n')

describe('what a plugin cannot have', () => {
  test.each([
    ['node:fs', 'have the host pass the data in, as the input or through Config'],
    ['fs/promises', 'have the host pass the data in, as the input or through Config'],
    ['path', 'install the npm package path-browserify'],
    ['net', 'use fetch for HTTP, or a WebSocket'],
    ['node:https', 'use fetch for HTTP, or a WebSocket'],
    ['crypto', 'use globalThis.crypto, the Web Crypto API'],
    ['events', 'install the npm package events, or use EventTarget'],
    ['buffer', 'Buffer is a global, without an import'],
    [
      'vm',
      'look for a version of the package for browsers, or have the host do it in a host function',
    ],
  ])('the Node module %s is refused, and told what to use instead', async (name, instead) => {
    const source = `import * as it from '${name}'\nexport const run = () => it`
    expect(await refusal({ 'plugin.ts': source })).toBe(
      lines(
        `plugin.ts:1:21: Could not resolve "${name}": it is a part of Node, and a plugin runs in a Wasm sandbox without Node: ${instead}`,
        '',
        `    1 │ import * as it from '${name}'`,
        `      ╵                     ${'~'.repeat(name.length + 2)}`,
      ),
    )
  })

  test('the chain of imports shows how a Node module got in', async () => {
    const message = await refusal({
      'src/plugin.ts': 'import { read } from "./a.js"\nimport "other"\nexport const run = read',
      'src/a.ts': 'import pkg from "pkg"\nexport const read = () => pkg',
      'node_modules/pkg/package.json': '{"main": "lib/main.js"}',
      'node_modules/pkg/lib/main.js': 'module.exports = require("./deep.js")',
      'node_modules/pkg/lib/deep.js': 'require("./main.js"); module.exports = require("node:fs")',
      'node_modules/other/index.js': 'require("os")',
    })
    const ways = message.split('\n').filter((line) => line.startsWith('It is imported'))
    expect(ways.sort()).toEqual([
      'It is imported by way of src/plugin.ts → node_modules/other/index.js → "os"',
      'It is imported by way of src/plugin.ts → src/a.ts → node_modules/pkg/lib/main.js → node_modules/pkg/lib/deep.js → "node:fs"',
    ])
  })

  test('the chain of imports is shown beside other errors', async () => {
    const message = await refusal({
      'plugin.ts': 'import "./a.js"\nimport "./missing.js"\nimport "./odd.js"',
      'a.ts': 'import "fs"',
      'odd.ts': 'const = 1',
    })
    expect(message).toContain('It is imported by way of plugin.ts → a.ts → "fs"')
    expect(message).toContain('plugin.ts:2:8: Could not resolve "./missing.js"')
    expect(message).toContain('odd.ts:1:7: ')
  })

  test('a package that brings its own version of a Node module may be imported', async () => {
    const folder = await project({
      'plugin.ts':
        'import events from "events"\nimport pkg from "pkg"\nexport const run = () => events + pkg',
      'node_modules/events/index.js': 'module.exports = "own"',
      'node_modules/pkg/package.json': '{"browser": {"fs": false}}',
      'node_modules/pkg/index.js': 'module.exports = typeof require("fs")',
    })
    const { exports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(exports).toEqual(['run'])
  })

  test('an import() of a name that is computed is refused in the author’s own files', async () => {
    const source = 'export async function run(name: string) {\n  return import(name)\n}'
    expect(await refusal({ 'plugin.ts': source })).toBe(
      lines(
        'plugin.ts:2:10: this import() cannot be bundled: a plugin has no files to load at run time: write the name as a string literal',
        '',
        '    2 │   return import(name)',
        '      ╵          ~~~~~~',
      ),
    )
  })

  test('an import() of a computed name in a package, where it is seldom reached, is let through', async () => {
    const folder = await project({
      'plugin.ts': 'import pkg from "pkg"\nexport const run = () => pkg.name',
      'node_modules/pkg/index.js': 'exports.load = (name) => [import(name), require(name)]',
    })
    const { warnings } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(warnings).toEqual([])
  })

  test('a require() of a computed name is warned of', async () => {
    const folder = await project({
      'plugin.js': 'exports.run = (name) => require(name)',
    })
    const { warnings } = await compile({ entry: join(folder, 'plugin.js') })
    expect(warnings).toEqual([
      expect.stringMatching(/plugin\.js:1:25: this require\(\) cannot be bundled and will throw: /),
    ])
  })

  test.each([
    [
      'with in a module',
      'with ({}) {}\nexport const run = () => 1',
      'plugin.ts:1:1: With statements',
    ],
    [
      'a deferred import',
      'import defer * as a from "./plugin.js"',
      'plugin.ts:1:8: Deferred imports',
    ],
    [
      'a malformed regular expression',
      'const a = 1\nexport const run = () => /(?<n>a)\\k<m>/',
      'plugin.ts:2:',
    ],
    [
      'two default exports',
      'export default () => 1\nexport default () => 2',
      'plugin.ts:2:8: Multiple exports with the same name "default"',
    ],
    [
      'top-level for await',
      'for await (const a of []) void a',
      'plugin.ts:1:5: top-level await is not supported',
    ],
  ])('%s is refused at its place', async (_, source, message) => {
    const text = await refusal({ 'plugin.ts': source })
    expect(text.slice(0, message.length)).toBe(message)
    expect(text).toMatch(/\n\n {4}\d │ /)
  })

  test('an engine that does not exist is refused', async () => {
    const folder = await project({ 'plugin.ts': 'export const run = () => 1' })
    const options = { entry: join(folder, 'plugin.ts'), engine: 'v8' as 'extism-ws' }
    await expect(compile(options)).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: 'there is no engine "v8": choose extism-ws (the default) or extism-js',
    })
  })

  test('a Node module in a package is refused where the package asks for it', async () => {
    const message = await refusal({
      'plugin.ts': 'import "pkg"',
      'node_modules/pkg/package.json': '{"main": "lib/main.js"}',
      'node_modules/pkg/lib/main.js': 'const http = require("http")\nhttp.get("x")',
    })
    expect(message).toMatch(
      /^node_modules\/pkg\/lib\/main\.js:1:22: Could not resolve "http": it is/,
    )
  })

  test.each([
    ['left-pad', 'left-pad'],
    ['lodash/fp', 'lodash'],
    ['@scope/name/sub/path', '@scope/name'],
  ])('of the package %s that is not there, the install command is shown', async (name, install) => {
    const message = await refusal({ 'plugin.ts': `import "${name}"` })
    expect(message.split('\n')[0]).toBe(
      `plugin.ts:1:8: Could not resolve "${name}": is the package installed? (npm install ${install})`,
    )
  })

  test('of a package that does not export a path, the reason is shown instead', async () => {
    const message = await refusal({
      'plugin.ts': 'import "pkg/hidden"',
      'node_modules/pkg/package.json': '{"exports": {"./open": "./open.js"}}',
    })
    expect(message).not.toContain('npm install')
    expect(message).toMatch(/is not exported by package "pkg"/)
  })

  test('top-level await is refused in words about plugins', async () => {
    expect(await refusal({ 'plugin.ts': 'const a = await Promise.resolve(1)' })).toBe(
      lines(
        'plugin.ts:1:11: top-level await is not supported: await inside an exported async function',
        '',
        '    1 │ const a = await Promise.resolve(1)',
        '      ╵           ~~~~~',
      ),
    )
  })
})
