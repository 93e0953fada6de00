import { describe, expect, it } from 'vitest'

import { inEngine, inNode } from '../sandbox.js'

const asInNode: [string, string][] = [
  [
    'primitives',
    `return [1, 'a', true, null, -0].map((value) => structuredClone(value))
      .concat(Object.is(structuredClone(-0), -0), structuredClone(undefined) === undefined,
        structuredClone(10n) === 10n, Number.isNaN(structuredClone(NaN)))`,
  ],
  [
    'objects and arrays, deeply',
    `const value = { a: [1, { b: 2 }], 'c d': null, __proto__: { inherited: 1 } }
    const copy = structuredClone(value)
    return [copy, copy.a !== value.a, 'inherited' in copy]`,
  ],
  [
    'a key named __proto__',
    `const copy = structuredClone(JSON.parse('{"__proto__":{"x":1}}'))
    return [Object.keys(copy), copy.x]`,
  ],
  [
    'sparse arrays and their other properties',
    `const array = [1, , 3]; array.length = 5; array.extra = 'x'
    const copy = structuredClone(array)
    return [copy.length, Object.keys(copy), copy.extra, 1 in copy]`,
  ],
  [
    'cycles and shared parts',
    `const value = { map: new Map() }; value.self = value; value.map.set('value', value)
    const shared = {}; value.shared = [shared, shared]
    const copy = structuredClone(value)
    return [copy.self === copy, copy.map.get('value') === copy, copy.shared[0] === copy.shared[1],
      copy.shared[0] !== shared]`,
  ],
  [
    'Map, Set, Date and RegExp',
    `const pattern = /a/gi; pattern.lastIndex = 3
    const copy = structuredClone({ map: new Map([[{ k: 1 }, new Set([1, [2]])]]), date: new Date(5), pattern })
    const [[key, set]] = copy.map
    return [key, [...set], copy.date.getTime(), String(copy.pattern), copy.pattern.lastIndex,
      Number.isNaN(structuredClone(new Date(NaN)).getTime())]`,
  ],
  [
    'boxed primitives',
    `return [new Number(1), new String('s'), new Boolean(false), Object(2n)].map((value) => {
      const copy = structuredClone(value)
      return [typeof copy, Object.prototype.toString.call(copy), String(copy)]
    })`,
  ],
  [
    'errors by the names that there are',
    `class Own extends TypeError {}
    const own = new Own('own'); const range = new Error('n'); range.name = 'RangeError'; range.extra = 1
    return [new SyntaxError('s', { cause: { c: 1 } }), own, range, new Error()].map((error) => {
      const copy = structuredClone(error)
      return [copy.name, copy.message, copy.constructor.name, copy instanceof Error, copy.extra]
    })`,
  ],
  [
    'buffers and views, which stay views of one buffer',
    `const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer
    const copy = structuredClone({ a: new Uint8Array(buffer, 1, 2), b: new Float32Array(buffer, 4), c: new DataView(buffer, 2, 3), buffer })
    copy.a[0] = 9
    return [[...copy.a], copy.a.buffer === copy.buffer, copy.b.buffer === copy.buffer, copy.b.length,
      copy.c.byteOffset, copy.c.byteLength, [...new Uint8Array(copy.buffer)], [...new Uint8Array(buffer)]]`,
  ],
  [
    'a Uint8Array for a class of its own',
    `class Bytes extends Uint8Array {}
    return structuredClone(new Bytes([1, 2])).constructor.name`,
  ],
  [
    'instances of classes as plain objects, getters read',
    `class A { x = 1; #y = 2; get z() { return 3 } }
    const copy = structuredClone(new A())
    return [copy, copy.constructor.name, structuredClone({ get g() { return 4 } })]`,
  ],
  [
    'no functions, symbols, promises or weak collections',
    `return [() => {}, Symbol('s'), { f() {} }, Promise.resolve(), new WeakMap(), new WeakSet(), [new WeakRef({})]]
      .map((value) => thrown(() => structuredClone(value)))`,
  ],
  [
    'what is transferred, which is gone',
    `const { buffer } = new Uint8Array([1, 2, 3]); const view = new Uint8Array(buffer, 1)
    const copy = structuredClone({ view, buffer }, { transfer: [buffer] })
    return [buffer.byteLength, view.length, [...copy.view], copy.buffer.byteLength, copy.view.buffer === copy.buffer,
      thrown(() => structuredClone(buffer))]`,
  ],
  [
    'what is transferred only when everything could be cloned',
    `const { buffer } = new Uint8Array([1])
    return [thrown(() => structuredClone({ buffer, f() {} }, { transfer: [buffer] })), buffer.byteLength,
      thrown(() => structuredClone(1, { transfer: [buffer, buffer] })),
      thrown(() => structuredClone(1, { transfer: [{}] })).length > 0]`,
  ],
]

describe('structuredClone', () => {
  it.each(asInNode)('copies %s, as in Node', async (_name, script) => {
    expect(inEngine(script, 'structured-clone')).toEqual(await inNode(script))
  })

  it('says what could not be cloned', () => {
    const script =
      'try { structuredClone([function f() {}]) } catch (error) { return error.message }'
    expect(inEngine(script, 'structured-clone')).toMatch(/the function f could not be cloned/)
  })
})
