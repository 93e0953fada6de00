import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { fixture, project } from '../project.js'
import { cli } from './ran.js'

describe('--json', () => {
  test('prints one object about a build, and nothing else', async () => {
    const folder = await project({
      'plugin.ts': 'export const run = () => ({ a: 1, a: 2 })',
      'plugin.d.ts': `declare module "main" { export function run(): I32 }
        declare module "extism:host" { interface user { f(): void } }`,
    })
    const [entry, output] = [join(folder, 'plugin.ts'), join(folder, 'plugin.wasm')]
    const types = join(folder, 'plugin.d.ts')
    const { code, out, err } = await cli('build', entry, '-o', output, '-i', types, '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toHaveLength(2)
    const wasm = await readFile(output)
    expect(JSON.parse(out)).toEqual({
      output,
      bytes: wasm.length,
      gzipBytes: gzipSync(wasm).length,
      exports: ['run'],
      imports: ['f'],
      warnings: [expect.stringMatching(/plugin\.ts:1:35: Duplicate key "a"/)],
      seconds: expect.any(Number),
    })
  })

  test('has the modules with --meta', async () => {
    const folder = await project({
      'src/plugin.ts': 'import twice from "twice"\nexport const run = () => twice("x")',
      'package.json': '{}',
      'node_modules/twice/index.js': 'module.exports = (text) => text + text',
    })
    const output = join(folder, 'plugin.wasm')
    const { out } = await cli(
      'build',
      join(folder, 'src/plugin.ts'),
      '-o',
      output,
      '--json',
      '--meta',
    )
    const { modules } = JSON.parse(out) as { modules: unknown[] }
    expect(modules).toEqual(
      expect.arrayContaining([
        { file: 'src/plugin.ts', package: null, bytes: expect.any(Number) },
        { file: 'node_modules/twice/index.js', package: 'twice', bytes: expect.any(Number) },
      ]),
    )
  })

  test.each([
    [['build', 'nowhere.ts', '-o', 'a.wasm'], 'entry file not found: nowhere.ts'],
    [['build', 'nowhere.ts'], '-o <file.wasm> is missing'],
    [['build', 'nowhere.ts', '-o', 'a.wasm', '--odd'], 'unknown flag --odd'],
  ])('prints failures as an object too: %j', async (args, message) => {
    const { code, out, err } = await cli(...args, '--json')
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(JSON.parse(out)).toEqual({
      error: { code: 'EWS_BUILD', message: expect.stringContaining(message) },
    })
  })
})

describe('--meta', () => {
  test('shows how much comes from which file, by package, with the total', async () => {
    const folder = await project({
      'plugin.ts':
        'import { connect } from "@extism-ws/guest"\nexport const run = () => connect("wss://a.example")',
    })
    const { out } = await cli(
      'build',
      join(folder, 'plugin.ts'),
      '-o',
      join(folder, 'a.wasm'),
      '--meta',
    )
    expect(out).toMatch(/^bytes {6}% {2}module\n/)
    expect(out).toMatch(/\n *\d+ +\d+\.\d {2}@extism-ws\/guest\n *\d+ +\d+\.\d {4}\S+\.js\n/)
    expect(out).toMatch(/\n *\d+ +\d+\.\d {2}your own files\n *\d+ +\d+\.\d {4}plugin\.ts\n/)
    expect(out).toMatch(/\n *\d+ +100\.0 {2}the whole bundle\n\n.*a\.wasm: /)
  })
})

describe('--minify', () => {
  test('makes the same plugin as the option of compile()', async () => {
    const folder = await project({})
    const output = join(folder, 'a.wasm')
    await cli('build', fixture('socket.ts'), '-o', output, '--minify')
    const { wasm } = await compile({ entry: fixture('socket.ts'), minify: true })
    expect(Buffer.compare(await readFile(output), wasm)).toBe(0)
    const plain = await compile({ entry: fixture('socket.ts') })
    expect(wasm.length).toBeLessThan(plain.wasm.length)
    expect(plain.imports).toEqual(
      (await compile({ entry: fixture('socket.ts'), minify: true })).imports,
    )
  })
})

describe('the source map', () => {
  test('is not written with --no-sourcemap, and an old one is removed', async () => {
    const folder = await project({})
    const output = join(folder, 'a.wasm')
    const files = async (): Promise<string[]> =>
      (await readdir(folder)).filter((name) => name !== 'node_modules').sort()
    expect((await cli('build', fixture('greet.ts'), '-o', output, '--sourcemap')).code).toBe(0)
    expect(await files()).toEqual(['a.wasm', 'a.wasm.map'])
    expect((await cli('build', fixture('greet.ts'), '-o', output, '--no-sourcemap')).code).toBe(0)
    expect(await files()).toEqual(['a.wasm'])
  })

  test('that is there stays when the build fails', async () => {
    const folder = await project({ 'plugin.ts': 'export', 'a.wasm.map': 'old' })
    const output = join(folder, 'a.wasm')
    expect(
      (await cli('build', join(folder, 'plugin.ts'), '-o', output, '--no-sourcemap')).code,
    ).toBe(1)
    expect(await readFile(join(folder, 'a.wasm.map'), 'utf8')).toBe('old')
  })
})

test('the host functions of the integrator are in the summary', async () => {
  const folder = await project({
    'plugin.ts': 'export const run = () => 1',
    'plugin.d.ts': `declare module "main" { export function run(): I32 }
      declare module "extism:host" { interface user { f(): void; g(): void } }`,
  })
  const { out } = await cli(
    ...['build', join(folder, 'plugin.ts'), '-o', join(folder, 'a.wasm')],
    ...['--interface', join(folder, 'plugin.d.ts')],
  )
  expect(out).toMatch(/; exports run; imports f, g; no sockets; \d+\.\d\d s\n$/)
})
