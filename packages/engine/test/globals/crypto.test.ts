import { describe, expect, it } from 'vitest'

import { evaluate, inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'fills every kind of integer array in place',
    `return [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint32Array, BigInt64Array].map((Kind) => {
      const array = new Kind(64)
      return [crypto.getRandomValues(array) === array, array.some(Boolean)]
    })`,
  ],
  [
    'fills no more than the view',
    `const bytes = new Uint8Array(100)
    crypto.getRandomValues(bytes.subarray(40, 60))
    return [bytes.slice(0, 40).some(Boolean), bytes.slice(40, 60).some(Boolean), bytes.slice(60).some(Boolean)]`,
  ],
  [
    'has a quota, and takes integers only',
    `return [thrown(() => crypto.getRandomValues(new Uint8Array(65_537))), crypto.getRandomValues(new Uint8Array(65_536)).length,
      thrown(() => crypto.getRandomValues(new Float32Array(1))), thrown(() => crypto.getRandomValues(new DataView(new ArrayBuffer(1))))]`,
  ],
  [
    'makes UUIDs of version 4',
    `const uuids = Array.from({ length: 20 }, () => crypto.randomUUID())
    return [new Set(uuids).size, uuids.every((uuid) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid))]`,
  ],
  [
    'digests',
    `const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const inputs = [new Uint8Array(0), new TextEncoder().encode('abc'), new Uint8Array(1000).fill(7).subarray(1), new Uint8Array([1]).buffer]
    return Promise.all(['SHA-1', 'sha-256', { name: 'SHA-384' }, 'SHA-512'].flatMap((name) =>
      inputs.map(async (input) => hex(await crypto.subtle.digest(name, input)))))`,
  ],
  [
    'refuses other digests',
    `return [await rejected(crypto.subtle.digest('MD5', new Uint8Array(0))), await rejected(crypto.subtle.digest('SHA-1', 'text'))]`,
  ],
]

describe('crypto', () => {
  it.each(asInNode)('%s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'subtle-crypto')).toEqual(await inNode(script))
  })

  it('says what a plugin does not have', () => {
    const script = `
      try { await crypto.subtle.importKey('raw') } catch (error) { return [named(error), error.message] }`
    expect(inEngine(script, 'subtle-crypto')).toEqual([
      'NotSupportedError 9',
      'crypto.subtle.importKey does not exist in a plugin, only digest does',
    ])
  })

  it.each(['crypto.randomUUID()', 'crypto.getRandomValues(new Uint8Array(1))'])(
    'refuses %s while a plugin is built, and says why',
    (script) => {
      expect(() => evaluate(script, 'crypto')).toThrow(
        /^Error: crypto\.\w+ was called while the plugin was being built; every instance would get the same value: call it inside an exported function$/,
      )
    },
  )

  it('digests while a plugin is built', () => {
    const script =
      "crypto.subtle.digest('SHA-256', new Uint8Array(1)).then(({ byteLength }) => { globalThis.n = byteLength })"
    expect(evaluate(script, 'subtle-crypto')).toBe(null)
  })
})
