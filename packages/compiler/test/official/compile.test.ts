import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { portableFunctions } from '@extism-ws/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseInterface } from '../../src/interface/read.js'
import { compile } from '../../src/index.js'
import { cli } from '../cli/ran.js'
import { project, refusal } from '../project.js'
import { fakeExtismJs, writesPlugin, type Report } from './fake-extism-js.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** A folder of its own for temporary files, to see that nothing stays there. */
async function ownTemporaryFolder(folder: string): Promise<string> {
  const temporary = await mkdtemp(join(folder, 'tmp-'))
  vi.stubEnv('TMPDIR', temporary)
  return temporary
}

async function reported(file: string): Promise<Report> {
  return JSON.parse(await readFile(file, 'utf8')) as Report
}

const plugin = {
  'plugin.ts': `
    import { connect } from '@extism-ws/guest'
    export async function run(): Promise<void> { using _ = await connect('wss://a.example') as never }
    export const greet = (): string => 'hi'`,
}

describe('the official compiler', () => {
  test('gets CommonJS and an interface file, and its plugin is the result', async () => {
    const folder = await project(plugin)
    const temporary = await ownTemporaryFolder(folder)
    const file = await fakeExtismJs(folder, writesPlugin)
    const entry = join(folder, 'plugin.ts')
    const built = await compile({ entry, engine: 'extism-js' })
    expect([...built.wasm]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    expect(built.exports).toEqual(['greet', 'run'])
    expect(built.imports.every((name) => Object.hasOwn(portableFunctions, name))).toBe(true)

    const { flags, files, script, declarations } = await reported(file)
    expect(flags).toEqual(['-i', '-o'])
    expect(files.every((path) => path.startsWith(temporary))).toBe(true)
    expect(await readdir(temporary)).toEqual([])
    expect(script).toContain('ws_connect')
    expect(script).not.toContain('ws_direct_connect')
    const module = { exports: {} as Record<string, unknown> }
    const globals = { module, Host: { getFunctions: () => ({}) }, TextDecoder, TextEncoder }
    runInNewContext(script, globals)
    // The guest library's loop stands around them: a host attaches itself by these.
    const attach = ['__ews_attach', '__ews_deadline', '__ews_dispatch', '__ews_pending']
    expect(Object.keys(module.exports).sort()).toEqual([...attach, 'greet', 'run'])

    const { exports, imports } = parseInterfaceOf(declarations)
    expect(exports).toEqual([
      'greet() -> i32',
      'run() -> i32',
      '__ews_attach(i32, i32, i32, i32) -> i32',
      '__ews_dispatch() -> i32',
      '__ews_deadline() -> f64',
      '__ews_pending() -> i32',
    ])
    expect(imports).toEqual(built.imports)
  })

  test('gets what onConnection needs, behind the event loop', async () => {
    const source = 'export const onConnection = (socket, { url }) => socket.url === url'
    const folder = await project({ 'plugin.js': source })
    const file = await fakeExtismJs(folder, writesPlugin)
    await compile({ entry: join(folder, 'plugin.js'), engine: 'extism-js' })
    const { script } = await reported(file)
    const [loop, hook] = [/Object\.defineProperty\(globalThis, engineSymbol/, /loop\.hook\(/]
    expect(script.search(loop)).toBeGreaterThan(0)
    expect(script.search(hook)).toBeGreaterThan(script.search(loop))
  })

  test('gets the integrator’s own functions as well, and the signatures of the author’s file', async () => {
    const folder = await project({
      'plugin.js': 'module.exports = { add: (a, b) => a + b }',
      'plugin.d.ts': `
        declare module "main" { export function add(a: I32, b: F64): F64 }
        declare module "extism:host" { interface user { f(at: PTR): void } interface b { g(): F32 } }`,
    })
    const file = await fakeExtismJs(folder, writesPlugin)
    const [entry, types] = [join(folder, 'plugin.js'), join(folder, 'plugin.d.ts')]
    await compile({ entry, interface: types, engine: 'extism-js', minify: true })
    expect((await reported(file)).declarations).toBe(
      [
        "declare module 'main' {",
        '  export function add(p0: I32, p1: F64): F64',
        '}',
        "declare module 'extism:host' {",
        '  interface user {',
        '    f(at: I64): void',
        '  }',
        '  interface b {',
        '    g(): F32',
        '  }',
        '}',
        '',
      ].join('\n'),
    )
  })

  test('that is not installed is named, with where to get it and that it is not needed', async () => {
    vi.stubEnv('PATH', '')
    const message = await refusal(
      { 'plugin.ts': 'export const run = () => 1' },
      { engine: 'extism-js' },
    )
    expect(message).toMatch(
      /^extism-js, the official compiler of Extism's js-pdk, is not on the PATH: /,
    )
    expect(message).toContain('github.com/extism/js-pdk')
    expect(message).toContain('the engine of extism-ws needs nothing')
  })

  test('that fails is quoted, and nothing stays behind', async () => {
    const folder = await project(plugin)
    const temporary = await ownTemporaryFolder(folder)
    await fakeExtismJs(folder, 'console.error("Error: wasm-merge not found"); process.exit(3)')
    const output = join(folder, 'plugin.wasm')
    const { code, err } = await cli(
      ...['build', join(folder, 'plugin.ts'), '-o', output, '--engine', 'extism-js'],
    )
    expect(code).toBe(1)
    expect(err).toMatch(/plugin\.ts: extism-js failed:\n\nError: wasm-merge not found\n$/)
    expect(await readdir(temporary)).toEqual([])
    expect(await readdir(folder)).not.toContain('plugin.wasm')
  })

  test('that writes nothing is reported', async () => {
    const folder = await project(plugin)
    await fakeExtismJs(folder, '')
    const entry = join(folder, 'plugin.ts')
    await expect(compile({ entry, engine: 'extism-js' })).rejects.toMatchObject({
      code: 'EWS_BUILD',
      message: 'extism-js wrote no plugin, and no error either',
    })
  })

  test.each([
    ['default', 'export default () => 1'],
    ['says hello', 'const a = () => 1\nexport { a as "says hello" }'],
  ])('cannot export a function named %s', async (name, source) => {
    const folder = await project({})
    await fakeExtismJs(folder, writesPlugin)
    const message = await refusal({ 'plugin.ts': source }, { engine: 'extism-js' })
    expect(message).toBe(
      `plugin.ts: extism-js cannot export a function named "${name}": give it a name that can be ` +
        'declared, `export function run() { … }`',
    )
  })

  test('is named in the summary', async () => {
    const folder = await project(plugin)
    await fakeExtismJs(folder, writesPlugin)
    const { out } = await cli(
      ...[
        'build',
        join(folder, 'plugin.ts'),
        '-o',
        join(folder, 'a.wasm'),
        '--engine',
        'extism-js',
      ],
    )
    expect(out).toMatch(
      /a\.wasm: 0 KB, 0 KB gzipped; exports greet, run; portable; made by extism-js; /,
    )
  })
})

function parseInterfaceOf(text: string): { exports: string[]; imports: string[] } {
  // What is ours may be declared for the official compiler only.
  const main = text.slice(0, text.indexOf("declare module 'extism:host'"))
  const { exports } = parseInterface('/plugin.d.ts', main)
  return {
    exports: exports.map(
      ({ name, params, result }) => `${name}(${params.join(', ')}) -> ${result ?? 'none'}`,
    ),
    imports: [...text.matchAll(/^ {4}(\w+)\(/gm)].map(([, name]) => name ?? ''),
  }
}
