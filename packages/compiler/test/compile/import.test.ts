import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { directFunctions, portableFunctions } from '@extism-ws/protocol'
import { decodeModule } from '@extism-ws/wasm'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { fixture, project } from '../project.js'

const namespaces = ['extism:host/env', 'wasi_snapshot_preview1']

async function importsOf(wasm: Uint8Array): Promise<WebAssembly.ModuleImportDescriptor[]> {
  return WebAssembly.Module.imports(await WebAssembly.compile(wasm as BufferSource))
}

async function socketImports(wasm: Uint8Array): Promise<string[]> {
  const imports = await importsOf(wasm)
  return imports.filter(({ module }) => !namespaces.includes(module)).map(({ name }) => name)
}

describe('a plugin without sockets', () => {
  test.each([
    ['without the guest library', 'fresh.ts'],
    ['that uses other parts of the guest library', 'guest-without-sockets.ts'],
  ])('%s imports only what every Extism host has', async (_, name) => {
    for (const portable of [false, true]) {
      const { wasm, imports } = await compile({ entry: fixture(name), portable })
      expect(imports).toEqual([])
      const found = await importsOf(wasm)
      expect([...new Set(found.map(({ module }) => module))].sort()).toEqual(namespaces)
      expect(found.every(({ kind }) => kind === 'function')).toBe(true)
    }
  })

  test('can be made in a project that does not have the guest library', async () => {
    const folder = await project({ 'plugin.ts': 'export const run = () => typeof WebSocket' })
    await rm(join(folder, 'node_modules'), { recursive: true })
    const { wasm } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(await socketImports(wasm)).toEqual([])
    expect(await call(await open(wasm), 'run')).toBe('undefined')
  })
})

/** The host functions that the guest library's bridge to a layer calls. */
async function calledBy(layer: 'direct' | 'portable'): Promise<string[]> {
  const file = new URL(`../../../guest/dist/bridge/${layer}.js`, import.meta.url)
  const code = await readFile(file, 'utf8')
  const functions = layer === 'direct' ? directFunctions : portableFunctions
  return Object.keys(functions).filter((name) => code.includes(`'${name}'`))
}

describe('a plugin with sockets', () => {
  test.each([
    ['socket.ts', 'direct'],
    ['websocket.ts', 'direct'],
    ['socket.ts', 'portable'],
    ['websocket.ts', 'portable'],
  ] as const)(
    '%s imports the %s host functions that it calls, and no other',
    async (name, layer) => {
      const called = await calledBy(layer)
      expect(called.length).toBeGreaterThan(3)
      for (const minify of [false, true]) {
        const { wasm, imports } = await compile({
          entry: fixture(name),
          portable: layer === 'portable',
          minify,
        })
        expect(imports).toEqual(called)
        expect(await socketImports(wasm)).toEqual(called)
      }
    },
  )

  test('does not import what it only mentions', async () => {
    const all = [...Object.keys(directFunctions), ...Object.keys(portableFunctions)]
    const folder = await project({
      'plugin.ts': `export const run = () => ${JSON.stringify(all)}`,
    })
    const { imports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(imports).toEqual([])
  })

  test.each([
    ['socket.ts', 420],
    // The standard class brings URL, Blob and the events of the Web along.
    ['websocket.ts', 445],
  ])('%s is under %i KB gzipped', async (name, kilobytes) => {
    for (const portable of [false, true]) {
      const { wasm } = await compile({ entry: fixture(name), portable })
      expect(gzipSync(wasm).length).toBeLessThan(kilobytes * 1000)
    }
  })
})

describe('every plugin', () => {
  test.each(['greet.ts', 'socket.ts'])(
    '%s is valid, with one memory of at most 256 MB',
    async (name) => {
      const { wasm } = await compile({ entry: fixture(name) })
      expect(WebAssembly.validate(wasm as BufferSource)).toBe(true)
      expect(decodeModule(wasm).memories).toEqual([{ min: expect.any(Number), max: 4096 }])
    },
  )

  test('has its memory filled, and starts nothing when it is instantiated', async () => {
    const module = decodeModule((await compile({ entry: fixture('greet.ts') })).wasm)
    expect(module.start).toBeUndefined()
    expect(module.data.length).toBeGreaterThan(0)
  })
})
