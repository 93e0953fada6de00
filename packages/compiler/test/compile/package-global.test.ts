import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { portableFunctions } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project, refusal } from '../project.js'

/** What the plugin's `run` answers that calls the default export of a package with these files. */
async function answer(files: Readonly<Record<string, string>>, minify = false): Promise<unknown> {
  const packageFiles = Object.entries(files).map(([name, source]) => [
    `node_modules/pkg/${name}`,
    source,
  ])
  const folder = await project({
    'plugin.ts': "import ask from 'pkg'\nexport const run = () => ask()",
    ...(Object.fromEntries(packageFiles) as Record<string, string>),
  })
  const { wasm } = await compile({ entry: join(folder, 'plugin.ts'), minify })
  return JSON.parse(await call(await open(wasm), 'run')) as unknown
}

const module = { 'package.json': '{"type": "module", "exports": "./index.js"}' }

describe('a package', () => {
  test.each([true, false])('has a process (minified: %s)', async (minify) => {
    const source = `
      module.exports = async () => {
        const order = []
        await new Promise((resolve) => {
          setTimeout(() => { order.push('timer'); resolve() }, 0)
          process.nextTick((a, b) => order.push(a + b), 'next', ' tick')
          order.push('now')
        })
        return [order, process.env.HOME ?? 'no home', process.browser, typeof process.versions.node]
      }`
    expect(await answer({ 'index.js': source }, minify)).toEqual([
      ['now', 'next tick', 'timer'],
      'no home',
      true,
      'undefined',
    ])
  })

  test('has a process as a module too, and shares it', async () => {
    const source = `
      import named, { nextTick } from 'node:process'
      import { createRequire } from './own.cjs'
      export default () => [named === process, nextTick === process.nextTick, createRequire === process]`
    const own = "exports.createRequire = require('process/')"
    expect(await answer({ ...module, 'index.js': source, 'own.cjs': own })).toEqual([
      true,
      true,
      true,
    ])
  })

  test('keeps names of its own', async () => {
    const source = `
      const process = (navigator) => ({ process: navigator.language })
      export default () => process({ language: 'its own' })`
    expect(await answer({ ...module, 'index.js': source })).toEqual({ process: 'its own' })
  })

  test('knows that it is in production', async () => {
    const source = 'module.exports = () => [process.env.NODE_ENV, process.env.OTHER ?? "none"]'
    expect(await answer({ 'index.js': source })).toEqual(['production', 'none'])
  })

  test('has a navigator', async () => {
    const source = 'module.exports = () => [navigator.language, navigator.product ?? "none"]'
    expect(await answer({ 'index.js': source })).toEqual(['en', 'none'])
  })

  test('sees that it is in a worker', async () => {
    const source = "module.exports = () => self.constructor.name.includes('WorkerGlobalScope')"
    expect(await answer({ 'index.js': source }, true)).toBe(true)
  })

  test('finds WebSocket in the global object while it is loaded, and stays strict', async () => {
    const source = `'use strict'
      const Found = globalThis.WebSocket
      module.exports = () => [Found.OPEN, (function () { return this === undefined })()]`
    const folder = await project({
      'plugin.ts': "import ask from 'pkg'\nexport const run = () => ask()",
      'node_modules/pkg/index.js': source,
    })
    const { imports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(imports).toContain('ws_direct_connect')
  })

  test('may have a WebSocket of its own beside the global one', async () => {
    const folder = await project({
      'plugin.ts': "import ask from 'pkg'\nexport const run = () => ask()",
      'node_modules/pkg/index.js': `
        const WebSocket = 'own'
        const Global = globalThis.WebSocket
        module.exports = () => [WebSocket, Global.OPEN]`,
    })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts'), portable: true })
    const stubs = Object.fromEntries(
      Object.keys(portableFunctions).map((name) => [name, () => 0n as never]),
    )
    const plugin = await open(wasm, { 'extism:host/user': stubs })
    expect(await call(plugin, 'run')).toBe('["own",1]')
  })

  test('finds no WebSocket in a project without the guest library', async () => {
    const folder = await project({
      'plugin.ts': "import ask from 'pkg'\nexport const run = () => ask()",
      'node_modules/pkg/index.js': 'module.exports = () => typeof self.WebSocket',
    })
    await rm(join(folder, 'node_modules/@extism-ws'), { recursive: true })
    const { wasm, imports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(imports).toEqual([])
    expect(await call(await open(wasm), 'run')).toBe('undefined')
  })

  test('fails at its own line', async () => {
    const message = await refusal({
      'plugin.ts': "import 'pkg'\nexport const run = () => 1",
      'node_modules/pkg/index.js': 'const { env } = process\n\nmodule.exports = env.a.b',
    })
    expect(message).toContain('at node_modules/pkg/index.js:3:18')
  })

  test('with an error in its syntax is shown where that is', async () => {
    const message = await refusal({
      'plugin.ts': "import 'pkg'\nexport const run = () => 1",
      'node_modules/pkg/index.js': 'process.nextTick(',
    })
    expect(message).toMatch(/^node_modules\/pkg\/index\.js:1:18: Unexpected end of file/)
  })
})

test("the author's own files have no process", async () => {
  const message = await refusal({ 'plugin.ts': 'export const run = process.env.HOME' })
  expect(message).toContain('ReferenceError: process is not defined')
})

test('a bundle that asks for none of these has nothing of them', async () => {
  const folder = await project({
    'plugin.ts': "import { a } from 'pkg'\nexport const run = () => a",
    'node_modules/pkg/index.js': 'exports.a = process.env.NODE_ENV',
  })
  const { modules } = await compile({ entry: join(folder, 'plugin.ts') })
  expect(modules.filter(({ file }) => file.includes('shim'))).toEqual([])
})

test('a bundle that asks for one has nothing of the others', async () => {
  const folder = await project({
    'plugin.ts': "import { a } from 'pkg'\nexport const run = () => a",
    'node_modules/pkg/index.js': 'exports.a = navigator.language',
  })
  const { modules, imports } = await compile({ entry: join(folder, 'plugin.ts') })
  expect(imports).toEqual([])
  const files = modules.map(({ file }) => file.replace(/.*\//, ''))
  expect(files).toContain('navigator.ts')
  expect(files).not.toContain('process.ts')
})
