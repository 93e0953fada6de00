import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { fixture, project } from '../project.js'

const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** CommonJS is wrapped in functions that esbuild names after their files. */
const files = {
  'package.json': '{"type": "module"}',
  'src/plugin.ts': `
    import { connect } from '@extism-ws/guest'
    import pad from 'pad'
    import './legacy.cjs'

    const seen = new Map([[Math.random(), Date.now()]])
    setTimeout(() => seen.clear(), 10)
    console.log(new Error('a stack').stack)

    export async function run() {
      const socket = await connect('wss://feed.example')
      return pad(await socket.receive())
    }
  `,
  'src/legacy.cjs': 'exports.legacy = function legacy() { return require("pad") }',
  'node_modules/pad/package.json': '{"main": "pad.js"}',
  'node_modules/pad/pad.js': 'module.exports = (text) => text.padStart(20)',
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

test.each([false, true])(
  'compiling twice gives the same bytes (portable: %s)',
  async (portable) => {
    for (const name of ['fresh.ts', 'socket.ts']) {
      const first = await compile({ entry: fixture(name), portable })
      const [second, third] = await Promise.all([
        compile({ entry: fixture(name), portable }),
        compile({ entry: fixture(name), portable }),
      ])
      expect(same(first.wasm, second.wasm) && same(first.wasm, third.wasm)).toBe(true)
    }
  },
)

test('two folders with the same sources give the same plugin and the same source map', async () => {
  const folders = [await project(files), await project(files)]
  const [a, b] = await Promise.all(
    folders.map((folder) => compile({ entry: join(folder, 'src/plugin.ts') })),
  )
  expect(same(a?.wasm ?? Buffer.of(1), b?.wasm ?? Buffer.of(2))).toBe(true)
  expect(a?.lines).toHaveLength(1)
  expect(a?.map).toBe(b?.map)
  expect(JSON.parse(a?.map ?? '{}')).toMatchObject({
    sources: expect.arrayContaining(['src/plugin.ts', 'src/legacy.cjs', 'node_modules/pad/pad.js']),
  })
})

test('a fresh process in another working directory gives the same bytes', async () => {
  const folder = await project(files)
  const { wasm } = await compile({ entry: join(folder, 'src/plugin.ts') })
  const runs = [
    [folder, 'src/plugin.ts', 'a.wasm'],
    [join(folder, 'src'), './plugin.ts', '../b.wasm'],
    [tmpdir(), join(folder, 'src/plugin.ts'), join(folder, 'c.wasm')],
  ] as const
  for (const [cwd, entry, output] of runs) {
    await promisify(execFile)(process.execPath, [bin, 'build', entry, '-o', output], { cwd })
  }
  for (const name of ['a.wasm', 'b.wasm', 'c.wasm']) {
    expect(same(await readFile(join(folder, name)), wasm)).toBe(true)
  }
})

test('nothing of the machine that built it is in a plugin', async () => {
  const folder = await project(files)
  const { wasm } = await compile({ entry: join(folder, 'src/plugin.ts') })
  const bytes = Buffer.from(wasm)
  for (const path of [folder, process.cwd(), homedir(), tmpdir(), 'ews-compiler-']) {
    expect(bytes.includes(path)).toBe(false)
  }
})
