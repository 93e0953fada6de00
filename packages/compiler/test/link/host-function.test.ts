import { namespace, type Signature } from '@extism-ws/protocol'
import { describe, expect, test } from 'vitest'
import { linkHostFunctions, type HostFunction } from '../../src/link/host-function.js'
import { instantiate, smallEngine } from './module.js'

const mixed: Signature = {
  params: [
    ['a', 'i32'],
    ['b', 'i64'],
    ['c', 'f32'],
    ['d', 'f64'],
  ],
  result: 'i64',
}
const nothing: HostFunction = {
  namespace,
  name: 'nothing',
  signature: { params: [], result: undefined },
}
const functions: readonly HostFunction[] = [
  { namespace, name: 'mixed', signature: mixed },
  nothing,
  { namespace, name: 'half', signature: { params: [['x', 'f64']], result: 'f64' } },
  { namespace, name: 'third', signature: { params: [['x', 'f32']], result: 'f32' } },
  {
    namespace: 'extism:host/other',
    name: 'next',
    signature: { params: [['x', 'i32']], result: 'i32' },
  },
]

describe('linked host functions', () => {
  test('get slots behind the table that was there, and a signature in letters', () => {
    const module = smallEngine()
    expect(linkHostFunctions(module, functions)).toEqual([
      { name: 'mixed', slot: 2, signature: 'ijfdj' },
      { name: 'nothing', slot: 3, signature: 'v' },
      { name: 'half', slot: 4, signature: 'dd' },
      { name: 'third', slot: 5, signature: 'ff' },
      { name: 'next', slot: 6, signature: 'ii' },
    ])
  })

  test('are imported from the namespace of each, in order', () => {
    const module = smallEngine()
    linkHostFunctions(module, functions)
    expect(module.imports.map(({ module: from, name }) => `${from} ${name}`)).toEqual(
      functions.map((each) => `${each.namespace} ${each.name}`),
    )
  })

  test('carry values of every type in both directions', () => {
    const module = smallEngine()
    const slots = linkHostFunctions(module, functions)
    const calls: unknown[] = []
    const exports = instantiate(module, {
      [namespace]: {
        mixed: (...args: unknown[]) => {
          calls.push(args)
          return -5_000_000_000n
        },
        nothing: () => void calls.push([]),
        half: (x: number) => x / 2,
        third: (x: number) => x / 3,
      },
      'extism:host/other': { next: (x: number) => x + 1 },
    })
    const cells = new DataView((exports['memory'] as WebAssembly.Memory).buffer, 64)
    const call = (name: string): void => {
      const table = exports['table'] as WebAssembly.Table
      ;(
        table.get(slots.find((each) => each.name === name)?.slot ?? 0) as (address: number) => void
      )(64)
    }

    cells.setInt32(0, -7, true)
    cells.setBigInt64(8, 2n ** 40n, true)
    cells.setFloat32(16, 1.5, true)
    cells.setFloat64(24, Math.PI, true)
    call('mixed')
    expect(calls).toEqual([[-7, 2n ** 40n, 1.5, Math.PI]])
    expect(cells.getBigInt64(0, true)).toBe(-5_000_000_000n)

    call('nothing')
    expect(calls).toHaveLength(2)

    cells.setFloat64(0, 5, true)
    call('half')
    expect(cells.getFloat64(0, true)).toBe(2.5)

    cells.setFloat32(0, 4.5, true)
    call('third')
    expect(cells.getFloat32(0, true)).toBe(1.5)

    cells.setInt32(0, 41, true)
    call('next')
    expect(cells.getInt32(0, true)).toBe(42)
  })

  test('leave what the engine exports where it was', () => {
    const module = smallEngine()
    linkHostFunctions(module, [nothing])
    const { ews_call } = instantiate(module, { [namespace]: { nothing: () => {} } })
    expect((ews_call as (index: number) => number)(12)).toBe(12)
  })

  test('change nothing when there are none', () => {
    const module = smallEngine()
    expect(linkHostFunctions(module, [])).toEqual([])
    expect(module).toEqual(smallEngine())
  })
})
