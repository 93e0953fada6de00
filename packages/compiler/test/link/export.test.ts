import { describe, expect, test } from 'vitest'
import type { ExportType } from '../../src/link/export-body.js'
import { linkExports } from '../../src/link/export.js'
import { instantiate, smallEngine } from './module.js'

describe('linked exports', () => {
  test('call the engine with the number of the function', () => {
    const module = smallEngine()
    linkExports(module, ['first', 'second', 'ünï codé'], 'plugin.ts')
    const exports = instantiate(module) as Record<string, () => number>
    expect(['first', 'second', 'ünï codé'].map((name) => exports[name]?.())).toEqual([0, 1, 2])
  })

  test('stand beside memory and the exports of the protocol, and hide the rest', () => {
    const module = smallEngine()
    linkExports(module, ['run'], 'plugin.ts')
    expect(Object.keys(instantiate(module)).sort()).toEqual([
      '__ews_attach',
      '__ews_dispatch',
      'memory',
      'run',
    ])
  })

  test('pass arguments in cells and take the result from the first one', () => {
    const module = smallEngine()
    const add = { params: ['i64', 'i64'], result: 'i64' } as const
    const half = { params: ['i64'], result: undefined } as const
    linkExports(
      module,
      ['add', 'half', 'plain'],
      'plugin.ts',
      new Map<string, ExportType>([
        ['add', add],
        ['half', half],
      ]),
    )
    const exports = instantiate(module) as Record<string, (...args: bigint[]) => unknown>
    expect(exports['add']?.(40n, 2n ** 40n)).toBe(2n ** 40n + 40n)
    expect(exports['half']?.(1n)).toBe(undefined)
    expect(exports['plain']?.()).toBe(2)
  })

  test('may have a name that the engine used for itself', () => {
    const module = smallEngine()
    linkExports(module, ['ews_call', 'qjs_compile'], 'plugin.ts')
    const { qjs_compile } = instantiate(module) as Record<string, () => number>
    expect(qjs_compile?.()).toBe(1)
  })

  test.each([
    'memory',
    '_initialize',
    '_start',
    'hs_init',
    '__wasm_call_ctors',
    '__ews_attach',
    '__ews_dispatch',
    '__ews_deadline',
    '__ews_pending',
    '__ews_reserve',
  ])('refuse the name %s, which a host would take for something else', (name) => {
    expect(() => linkExports(smallEngine(), ['run', name], 'src/plugin.ts')).toThrow(
      expect.objectContaining({
        code: 'EWS_BUILD',
        message: `src/plugin.ts: the export name "${name}" is reserved: rename the function`,
      }),
    )
  })

  test('refuse a plugin without any, and say what to write', () => {
    expect(() => linkExports(smallEngine(), [], 'src/plugin.ts')).toThrow(
      expect.objectContaining({
        code: 'EWS_BUILD',
        message: expect.stringMatching(
          /^src\/plugin\.ts: exports no function, .*`export function run\(\) \{ … \}`/,
        ),
      }),
    )
  })
})
