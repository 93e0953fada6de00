import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compile } from '../../src/index.js'
import { fixture, project } from '../project.js'
import { cli } from './ran.js'

function pretendTerminal(isTTY: boolean): void {
  const { isTTY: before } = process.stderr
  process.stderr.isTTY = isTTY
  onTestFinished(() => {
    process.stderr.isTTY = before
  })
}

async function files(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'node_modules').sort()
}

describe('extism-ws build', () => {
  test('writes the plugin, and its source map beside it, into a folder that it makes', async () => {
    const folder = await project({})
    const output = join(folder, 'out/deep/greet.wasm')
    expect(await cli('build', fixture('greet.ts'), '-o', output)).toMatchObject({
      code: 0,
      err: '',
    })
    const { wasm, map } = await compile({ entry: fixture('greet.ts') })
    expect(Buffer.compare(await readFile(output), wasm)).toBe(0)
    expect(await readFile(`${output}.map`, 'utf8')).toBe(map)
    expect(await files(join(folder, 'out/deep'))).toEqual(['greet.wasm', 'greet.wasm.map'])
  })

  test.each([
    ['greet.ts', [], 'greet; no sockets'],
    ['socket.ts', [], 'run; direct'],
    ['socket.ts', ['--portable'], 'run; portable'],
    ['failing.ts', [], 'later, now; no sockets'],
  ])('sums up %s %j in one line', async (name, flags, text) => {
    const output = join(await project({}), 'plugin.wasm')
    const { out } = await cli('build', fixture(name), '--output', output, ...flags)
    const [file, rest] = out.split(': ')
    expect(file).toBe(relative('', output))
    expect(rest).toMatch(
      new RegExp(`^\\d+ KB, \\d+ KB gzipped; exports ${text}; \\d+\\.\\d\\d s\\n$`),
    )
  })

  test('passes on what the code printed and what the bundler warns of', async () => {
    const folder = await project({
      'plugin.ts': [
        "console.log('loaded'); console.error('hm')",
        'export const run = () => ({ a: 1, a: 2 })',
      ].join('\n'),
    })
    const entry = join(folder, 'plugin.ts')
    const { code, err } = await cli('build', entry, '-o', join(folder, 'plugin.wasm'))
    expect(code).toBe(0)
    const place = `${relative('', entry)}:2`
    expect(err).toMatch(/^\[info\] loaded\n\[error\] hm\nwarning: /)
    expect(err).toContain(`warning: ${place}:35: Duplicate key "a" in object literal\n\n    2 │`)
  })

  test('shows progress on a terminal, and takes it away again', async () => {
    pretendTerminal(true)
    const folder = await project({})
    const entry = fixture('greet.ts')
    const good = await cli('build', entry, '-o', join(folder, 'plugin.wasm'))
    expect(good.err).toBe(`building ${entry} …\r\x1b[K`)
    const bad = await cli('build', join(folder, 'no.ts'), '-o', join(folder, 'plugin.wasm'))
    const progress = `building ${join(folder, 'no.ts')} …\r\x1b[K`
    expect(bad.err.startsWith(`${progress}error: entry file not found: `)).toBe(true)
  })

  test('shows no progress where it would end up in a file', async () => {
    pretendTerminal(false)
    const { err } = await cli('build', fixture('greet.ts'), '-o', join(await project({}), 'a.wasm'))
    expect(err).toBe('')
  })
})

describe('a failed build', () => {
  test.each([
    [
      'a syntax error',
      'export const run = = 1',
      /plugin\.ts:1:20: Unexpected "="\n\n {4}1 │ export/,
    ],
    ['code that throws', 'throw new Error("no")', /plugin\.ts:1:\d+: Error: no\n/],
    ['no exports', 'const a = 1', /plugin\.ts: exports no function/],
    [
      'a part of Node',
      'import "fs"',
      /plugin\.ts:1:8: Could not resolve "fs": it is a part of Node/,
    ],
    ['top-level await', 'await 1', /plugin\.ts:1:1: top-level await/],
    ['two defaults', 'export default 1\nexport default 2', /plugin\.ts:2:8: Multiple exports/],
    [
      'a host that is not there',
      'Config.get("a")',
      /plugin\.ts:1:\d+: Error: Config\.get was called/,
    ],
  ])('for %s says why and leaves what was there untouched', async (_, source, message) => {
    const folder = await project({
      'plugin.ts': source,
      'plugin.wasm': 'the last good build',
      'plugin.wasm.map': 'its map',
    })
    const output = join(folder, 'plugin.wasm')
    const { code, out, err } = await cli('build', join(folder, 'plugin.ts'), '-o', output)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(message)
    expect(err).toMatch(/^error: /)
    expect(await readFile(output, 'utf8')).toBe('the last good build')
    expect(await readFile(`${output}.map`, 'utf8')).toBe('its map')
    expect(await files(folder)).toEqual(['plugin.ts', 'plugin.wasm', 'plugin.wasm.map'])
  })

  test('makes no folder and no file where there was none', async () => {
    const folder = await project({ 'plugin.ts': 'export' })
    const { code } = await cli('build', join(folder, 'plugin.ts'), '-o', join(folder, 'out/a.wasm'))
    expect(code).toBe(1)
    expect(await files(folder)).toEqual(['plugin.ts'])
  })

  test.each(['out', 'out.map'])('for an output that is a folder (%s) says so', async (name) => {
    const folder = await project({ 'plugin.ts': 'export const run = () => 1' })
    await mkdir(join(folder, name))
    const output = join(folder, 'out')
    const { code, err } = await cli('build', join(folder, 'plugin.ts'), '-o', output)
    expect({ code, err }).toEqual({
      code: 1,
      err: `error: cannot write ${join(folder, name)}: it is a folder\n`,
    })
    expect(await files(folder)).toEqual([name, 'plugin.ts'])
  })

  test('for an output below a file names the file that cannot be written', async () => {
    const folder = await project({ 'plugin.ts': 'export const run = () => 1', file: '' })
    const output = join(folder, 'file/plugin.wasm')
    const { code, err } = await cli('build', join(folder, 'plugin.ts'), '-o', output)
    expect(code).toBe(1)
    expect(err).toContain(`error: cannot write ${output}: `)
  })
})

describe('a failed build with an interface file', () => {
  test.each([
    [
      'that names a missing export',
      'declare module "main" { export function no(): I32 }',
      /:1:41: "no" is declared/,
    ],
    [
      'with a type of TypeScript',
      'declare module "main" { export function run(): any }',
      /:1:48: the result of "run"/,
    ],
    [
      'with a syntax error',
      'declare module "main" { export function run( }',
      /plugin\.d\.ts:1:46: /,
    ],
    ['without exports', 'export {}', /plugin\.d\.ts: the interface file says nothing/],
  ])('%s says why, where, and writes nothing', async (_, declarations, message) => {
    const folder = await project({
      'plugin.ts': 'export const run = () => 1',
      'plugin.d.ts': declarations,
    })
    const [entry, types] = [join(folder, 'plugin.ts'), join(folder, 'plugin.d.ts')]
    const output = join(folder, 'plugin.wasm')
    const { code, out, err } = await cli('build', entry, '-i', types, '-o', output)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(message)
    expect(await files(folder)).toEqual(['plugin.d.ts', 'plugin.ts'])
  })
})

describe('usage', () => {
  test('--version prints the version of this package', async () => {
    const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    expect(await cli('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test.each(['--help', '-h'])('%s goes to stdout', async (flag) => {
    const { code, out, err } = await cli(flag)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Usage: extism-ws build <entry> -o <file\.wasm> \[flags\]\n/)
    expect((await cli('build', flag)).code).toBe(0)
  })

  test.each([
    [[], 'a command is missing: there are "build" and "doctor"'],
    [['biuld', 'a.ts'], 'unknown command "biuld": there are "build" and "doctor"'],
    [['build'], 'the entry file is missing'],
    [['build', '-o', 'a.wasm'], 'the entry file is missing'],
    [['build', 'a.ts'], '-o <file.wasm> is missing'],
    [['build', 'a.ts', '-o', ''], '-o <file.wasm> is missing'],
    [['build', 'a.ts', 'b.ts', '-o', 'a.wasm'], 'one entry file is expected, got also b.ts'],
    [['build', 'a.ts', '-o', './x/../a.ts'], '-o ./x/../a.ts would overwrite the entry file'],
    [['build', 'a.ts', '-o'], "Option '-o, --output <value>' argument missing"],
    [['build', 'a.ts', '-o', 'a.wasm', '--mini'], 'unknown flag --mini'],
    [['build', 'a.ts', '-o', 'a.wasm', '-x'], 'unknown flag -x'],
    [['build', 'a.ts', '-o', 'a.wasm', '-i', ''], '-i has no file name'],
    [
      ['build', 'a.ts', '-o', 'a.d.ts', '-i', './a.d.ts'],
      '-o a.d.ts would overwrite the interface file',
    ],
    [['build', 'a.map', '-o', 'a'], '-o a would overwrite the entry file'],
    [
      ['build', 'a.ts', '-o', 'a.wasm', '--engine', 'v8'],
      'there is no engine "v8": choose extism-ws or extism-js',
    ],
    [['doctor', '--minify', 'x'], 'doctor takes only --json, got also x, --minify'],
    [['build', 'a.ts', '--portable=1'], "Option '--portable' does not take an argument"],
  ])('%j is wrong, and told so with the usage', async (args, message) => {
    const { code, out, err } = await cli(...args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.startsWith(`error: ${message}`)).toBe(true)
    expect(err).toContain('\n\nUsage: extism-ws build <entry>')
    expect(err).toContain('extism-ws --help lists the flags.')
  })

  test('the entry file survives being named as output', async () => {
    const folder = await project({ 'plugin.ts': 'export const run = () => 1' })
    const entry = join(folder, 'plugin.ts')
    expect((await cli('build', entry, '-o', relative('', entry))).code).toBe(1)
    expect(await readFile(entry, 'utf8')).toBe('export const run = () => 1')
  })
})
