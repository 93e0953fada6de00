import { describe, expect, test } from 'vitest'
import {
  abiVersion,
  connectionExport,
  directFunctions,
  engineExports,
  Feature,
  guestExports,
  maxAttachmentBytes,
  maxNameLength,
  namespace,
  portableFunctions,
  Progress,
  restartExport,
  type Signature,
} from '../src/index.js'

type Entry = readonly [name: string, signature: Signature]
const portable: Entry[] = Object.entries(portableFunctions)
const direct: Entry[] = Object.entries(directFunctions)

const typesOf = ({ params }: Signature): string[] => params.map(([, type]) => type)
const directName = (name: string): string => name.replace(/^ws_/, 'ws_direct_')

test('the version and the namespace are those that plugins in the field were built with', () => {
  expect(abiVersion).toBe(1)
  expect(namespace).toBe('extism:host/user')
})

describe('both layers', () => {
  test.each([...portable, ...direct])(
    '%s has parameters with distinct names',
    (_name, { params }) => {
      const names = params.map(([name]) => name)
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
    },
  )

  test('each function of one layer has its counterpart in the other, in the same order', () => {
    expect(portable.map(([name]) => directName(name))).toEqual(direct.map(([name]) => name))
  })

  test.each(portable)(
    'the parameters of %s come in the same order in both layers',
    (name, signature) => {
      const twin = direct.find(([each]) => each === directName(name))?.[1]
      const names = twin?.params.map(([each]) => each) ?? []
      const shared = signature.params.map(([each]) => each)
      expect(names.filter((each) => shared.includes(each))).toEqual(shared)
      // What the direct layer adds is where a block ends: its length, or a block to write text into.
      const added = names.filter((each) => !shared.includes(each))
      for (const each of added) expect(['block', 'capacity', 'length']).toContain(each)
    },
  )
})

describe('the portable layer', () => {
  test.each(portable)('%s has at most 5 parameters', (_name, { params }) => {
    expect(params.length).toBeLessThanOrEqual(5)
  })

  test.each(portable)(
    '%s passes memory blocks as i64 and everything else as i32',
    (_name, { params }) => {
      const blocks = new Set(['request', 'data', 'block', 'reason'])
      for (const [name, type] of params) expect(type).toBe(blocks.has(name) ? 'i64' : 'i32')
    },
  )

  test('only functions that answer a block have an i64 result', () => {
    // The official js-pdk reads a negative i64 as an unsigned float: status codes must be i32.
    const wide = portable.filter(([, { result }]) => result !== 'i32')
    expect(wide.map(([name, { result }]) => [name, result])).toEqual([
      ['ws_info', 'i64'],
      ['ws_error', 'i64'],
    ])
  })
})

describe('the direct layer', () => {
  test.each(direct)('%s takes and returns nothing but i32', (_name, signature) => {
    expect(new Set(typesOf(signature))).toEqual(new Set(['i32']))
    expect(signature.result).toBe('i32')
  })

  test.each(direct)(
    '%s says how long each block is, as its last parameter',
    (_name, { params }) => {
      const names = params.map(([name]) => name)
      const pointer = names.findIndex((name) =>
        ['request', 'data', 'block', 'reason'].includes(name),
      )
      if (pointer === -1) return
      expect(pointer).toBe(names.length - 2)
      expect(['length', 'capacity']).toContain(names.at(-1))
    },
  )
})

describe("a guest's own exports", () => {
  test('have the signatures that hosts in the field call', () => {
    const signatures = Object.entries(guestExports).map(
      ([name, signature]) => `${name}(${typesOf(signature).join()}) -> ${signature.result}`,
    )
    expect(signatures).toEqual([
      '__ews_attach(i32,i32,i32,i32) -> i32',
      '__ews_dispatch() -> i32',
      '__ews_deliver() -> i32',
      '__ews_unsent() -> i32',
      '__ews_deadline() -> f64',
      '__ews_pending() -> i32',
      '__ews_reserve(i32) -> i32',
      '__ews_waited(f64) -> undefined',
      '__ews_throw(i32) -> i32',
    ])
  })

  test('of which those of our engine alone are named', () => {
    expect(engineExports).toEqual([
      '__ews_deliver',
      '__ews_unsent',
      '__ews_reserve',
      '__ews_waited',
      '__ews_throw',
    ])
  })

  test('cannot collide with a host function', () => {
    const taken = new Set([...portable, ...direct].map(([name]) => name))
    expect(Object.keys(guestExports).filter((name) => taken.has(name))).toEqual([])
  })

  test('features are single bits, none of them the sign', () => {
    const bits = Object.values(Feature)
    expect(new Set(bits).size).toBe(bits.length)
    for (const bit of bits) expect(Math.log2(bit) % 1).toBe(0)
    for (const bit of bits) expect(bit).toBeGreaterThan(0)
  })
})

test('what restarts and connections need never changes: plugins in the field know it', () => {
  expect([restartExport, connectionExport]).toEqual(['onRestart', 'onConnection'])
  const known = {
    delivering: 1,
    delivered: 2,
    kept: 3,
    taken: 4,
    done: 5,
    handed: 6,
    takenToo: 7,
    refused: 8,
  }
  expect(Progress).toEqual(known)
  expect([maxAttachmentBytes, maxNameLength]).toEqual([16_384, 256])
})
