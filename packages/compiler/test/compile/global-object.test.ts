import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { portableFunctions } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/index.js'
import { call, open } from '../plugin.js'
import { project } from '../project.js'

const stubs = Object.fromEntries(
  Object.keys(portableFunctions).map((name) => [name, () => 0n as never]),
)

/** What `run` of a plugin of the author's own files answers. */
async function answer(source: string, file = 'plugin.ts'): Promise<unknown> {
  const folder = await project({ [file]: source })
  const { wasm } = await compile({ entry: join(folder, file), portable: true })
  const plugin = await open(wasm, { 'extism:host/user': stubs })
  return JSON.parse(await call(plugin, 'run')) as unknown
}

describe('the global object has WebSocket', () => {
  test.each([
    'globalThis.WebSocket.OPEN',
    'self.WebSocket?.OPEN',
    'global?.WebSocket.OPEN',
    "globalThis['WebSocket'].OPEN",
    "(('WebSocket' in globalThis) as unknown as number) && 1",
    '((): number => { const { WebSocket: Socket } = globalThis; return Socket.OPEN })()',
  ])('for a file of the author that asks for it: %s', async (expression) => {
    expect(await answer(`export const run = () => Number(${expression})`)).toBe(1)
  })

  test('for a script of CommonJS', async () => {
    const source = 'exports.run = () => globalThis.WebSocket.OPEN'
    expect(await answer(source, 'plugin.cjs')).toBe(1)
  })

  test('where it is used by its free name, as the same class and as WebIDL has it', async () => {
    const source = `
      const name = ['Web', 'Socket'].join('')
      export function run() {
        const { value, ...flags } = Object.getOwnPropertyDescriptor(globalThis, name)
        return [value === WebSocket, flags]
      }`
    expect(await answer(source)).toEqual([
      true,
      { writable: true, enumerable: false, configurable: true },
    ])
  })

  test('and no other class that nobody asks for, nor their globals', async () => {
    const source = `
      export const run = () => [typeof globalThis.WebSocket,
        ...['Web', 'Readable'].map((start) => start + 'Stream' in globalThis),
        ['Web', 'SocketStream'].join('') in globalThis]`
    expect(await answer(source)).toEqual(['function', false, false, false])
  })

  test('but not in a project without the guest library', async () => {
    const folder = await project({
      'plugin.ts': 'export const run = () => typeof globalThis.WebSocket',
    })
    await rm(join(folder, 'node_modules/@extism-ws'), { recursive: true })
    const { wasm, imports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(imports).toEqual([])
    expect(await call(await open(wasm), 'run')).toBe('undefined')
  })

  test('and nothing is bundled for other properties, nor for an import of the class', async () => {
    const source = `
      // globalThis is where WebSocket would be
      const kinds = { WebSocket: 'WebSocket' }
      export const run = () => kinds.WebSocket`
    const folder = await project({ 'plugin.ts': source })
    const { imports } = await compile({ entry: join(folder, 'plugin.ts') })
    expect(imports).toEqual([])
  })
})
