import type { CallContext } from '@extism/extism'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, type CompiledPlugin } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project, refusal } from '../project.js'

async function build(files: Readonly<Record<string, string>>): Promise<CompiledPlugin> {
  const folder = await project(files)
  const entry = join(folder, Object.keys(files)[0] ?? '')
  return compile({ entry, interface: join(folder, 'plugin.d.ts') })
}

const main = 'declare module "main" { export function run(): I32 }'

function host(...members: string[]): string {
  return `${main}\ndeclare module "extism:host" { interface user { ${members.join('; ')} } }`
}

describe('with an interface file', () => {
  const source = 'export const run = () => "run"\nexport const other = () => "other"'

  test('exactly its functions are exported, and others are warned of', async () => {
    const plugin = await build({ 'plugin.ts': source, 'plugin.d.ts': main })
    expect(plugin.exports).toEqual(['run'])
    expect(plugin.warnings).toEqual([expect.stringMatching(/plugin\.ts: exports other, not in/)])
    const names = WebAssembly.Module.exports(
      await WebAssembly.compile(plugin.wasm as BufferSource),
    ).map(({ name }) => name)
    expect(names).toContain('run')
    expect(names).not.toContain('other')
    expect(await call(await open(plugin.wasm), 'run')).toBe('run')
  })

  test('a script of CommonJS exports what is declared', async () => {
    const plugin = await build({
      'plugin.js': 'function run() { Host.outputString("script") }\nmodule.exports = { run }',
      'plugin.d.ts': main,
    })
    expect(plugin.warnings).toEqual([])
    expect(await call(await open(plugin.wasm), 'run')).toBe('script')
  })

  test('a declared function that the entry does not export is refused at its place there', async () => {
    const declarations = 'declare module "main" {\n  export function rum(): I32\n}'
    const files = { 'plugin.ts': source, 'plugin.d.ts': declarations }
    expect(await refusal(files, { interface: 'plugin.d.ts' })).toBe(
      [
        'plugin.d.ts:2:19: "rum" is declared here, but plugin.ts does not export it: it exports other, run',
        '',
        '    2 │   export function rum(): I32',
        '      ╵                   ~~~',
      ].join('\n'),
    )
  })

  test('that declares no function, there is nothing to call', async () => {
    const files = { 'plugin.ts': source, 'plugin.d.ts': 'declare module "main" {}' }
    expect(await refusal(files, { interface: 'plugin.d.ts' })).toMatch(/exports no function/)
  })
})

describe('exports with parameters and results', () => {
  const files = {
    'plugin.ts': `
      export const add3 = (a: number, b: number, c: number) => a + b + c
      export const double = (a: bigint) => a * 2n
      export const half = (a: number) => a / 2
      export const join = (a: bigint, b: bigint) =>
        Memory.fromString(Memory.find(a).readString() + Memory.find(b).readString()).offset
      export const nothing = (a: number) => { count += a }
      export const fail = (a: number) => { throw new RangeError('no ' + a) }
      export const total = () => String(count)
      let count = 0`,
    'plugin.d.ts': `declare module "main" {
      export function add3(a: I32, b: I32, c: I32): I32
      export function double(a: I64): I64
      export function half(a: F32): F64
      export function join(a: PTR, b: PTR): PTR
      export function nothing(a: F64): void
      export function fail(a: I32): I64
      export function total(): I32
    }`,
  }

  test('are called with values of all types, as Wasm functions', async () => {
    const { wasm, exports } = await build(files)
    expect(exports).toEqual(['add3', 'double', 'fail', 'half', 'join', 'nothing', 'total'])
    const plugin = await open(wasm)
    const functions = (await plugin.getInstance()).exports as Record<
      string,
      (...args: (number | bigint)[]) => unknown
    >
    expect(functions['add3']?.(1, 2, -7)).toBe(-4)
    expect(functions['double']?.(2n ** 61n)).toBe(2n ** 62n)
    expect(functions['half']?.(7)).toBe(3.5)
    expect(functions['nothing']?.(1.5)).toBe(undefined)
    expect(await call(plugin, 'total')).toBe('1.5')
    // Errors are told through the SDK, which passes no arguments.
    await expect(plugin.call('fail')).rejects.toThrow('RangeError: no 0')
  })
})

describe('host functions of the integrator', () => {
  test('are imported as they are declared, called or not, from their namespaces', async () => {
    const { wasm, imports } = await build({
      'plugin.ts': 'export const run = () => 1',
      'plugin.d.ts': `${main}
        declare module "extism:host" {
          interface user { f(a: I32, b: F64): I64 }
          interface billing { g(): void }
        }`,
    })
    expect(imports).toEqual(['f', 'g'])
    const module = await WebAssembly.compile(wasm as BufferSource)
    expect(
      WebAssembly.Module.imports(module)
        .map((each) => `${each.module} ${each.name}`)
        .filter((name) => /^extism:host\/(?!env)/.test(name)),
    ).toEqual(['extism:host/user f', 'extism:host/billing g'])
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('may have %i parameters', async (count) => {
    const params = Array.from({ length: count }, (_, i) => `p${i}: I32`).join(', ')
    const args = Array.from({ length: count }, (_, i) => i + 1)
    const { wasm } = await build({
      'plugin.ts': `export const run = () => String(Host.getFunctions().f(${args.join(', ')}))`,
      'plugin.d.ts': host(`f(${params}): I32`),
    })
    const f = (_: unknown, ...values: number[]): number => Number(`1${values.join('')}`)
    const plugin = await open(wasm, { 'extism:host/user': { f } })
    expect(await call(plugin, 'run')).toBe(`1${args.join('')}`)
  })

  test('carry values of every type in both directions', async () => {
    const { wasm } = await build({
      'plugin.ts': `
        const { i, j, f, d, v, mixed } = Host.getFunctions()
        export const run = () => [
          i(-7), j(2 ** 40), j(-3), j(5n), f(1.5), d(Math.PI), String(v(1)), mixed(1, 2, 3.5, 4.25)
        ]`,
      'plugin.d.ts': host(
        'i(a: I32): I32',
        'j(a: I64): I64',
        'f(a: F32): F32',
        'd(a: F64): F64',
        'v(a: I32): void',
        'mixed(a: I32, b: I64, c: F32, d: F64): F64',
      ),
    })
    const seen: unknown[] = []
    const plugin = await open(wasm, {
      'extism:host/user': {
        i: (_: unknown, a: number) => a - 1,
        j: (_: unknown, a: bigint) => a + 1n,
        f: (_: unknown, a: number) => a / 2,
        d: (_: unknown, a: number) => a * 2,
        v: (_: unknown, a: number) => void seen.push(a),
        mixed: (_: unknown, ...args: unknown[]) => {
          seen.push(...args)
          return 0.125
        },
      },
    })
    expect(JSON.parse(await call(plugin, 'run'))).toEqual([
      ...[-8, 2 ** 40 + 1, -2, 6, 0.75, Math.PI * 2, 'undefined', 0.125],
    ])
    expect(seen).toEqual([1, 1, 2n, 3.5, 4.25])
  })

  test('exchange text in blocks of memory, as js-pdk’s documentation has it', async () => {
    const { wasm } = await build({
      'plugin.js': `
        const { shout } = Host.getFunctions()

        function run() {
          const mem = Memory.fromString('hellö ' + Host.inputString())
          const offset = shout(mem.offset)
          Host.outputString(Memory.find(offset).readString())
        }

        module.exports = { run }`,
      'plugin.d.ts': host('shout(ptr: PTR): PTR'),
    })
    const plugin = await open(wasm, {
      'extism:host/user': {
        shout: (current: CallContext, at: bigint) =>
          current.store(current.read(at)?.text().toUpperCase() ?? ''),
      },
    })
    expect(await call(plugin, 'run', 'wörld')).toBe('HELLÖ WÖRLD')
  })

  test('stand beside those of sockets', async () => {
    const { imports } = await build({
      'plugin.ts': `
        import { connect } from '@extism-ws/guest'
        export const run = async () => { await connect('wss://a.example'); Host.getFunctions().f(1) }`,
      'plugin.d.ts': host('f(a: I32): void'),
    })
    expect(imports).toContain('ws_direct_connect')
    expect(imports.at(-1)).toBe('f')
  })

  test('cannot be called while the plugin is built', async () => {
    const files = {
      'plugin.ts': 'const { f } = Host.getFunctions()\nf(1)\nexport const run = () => 1',
      'plugin.d.ts': host('f(a: I32): void'),
    }
    expect(await refusal(files, { interface: 'plugin.d.ts' })).toMatch(
      /^plugin\.ts:2:\d+: Error: the host function f was called while the plugin was being built; there is no host yet: call it inside an exported function\n/,
    )
  })

  test('give the same bytes from the same input', async () => {
    const files = { 'plugin.ts': 'export const run = () => 1', 'plugin.d.ts': host('f(): I32') }
    const [a, b] = [await build(files), await build(files)]
    expect(Buffer.compare(a.wasm, b.wasm)).toBe(0)
  })
})
