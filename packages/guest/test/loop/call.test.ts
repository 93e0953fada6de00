import { describe, expect, test } from 'vitest'

import { Call, outputOf } from '../../src/loop/index.js'
import { FakePlatform } from '../fake-platform.js'

describe('output of a returned value', () => {
  test('text is the output as it is', () => {
    expect(outputOf('a "b" é', 'run')).toBe('a "b" é')
    expect(outputOf('', 'run')).toBe('')
  })

  test('undefined is no output', () => {
    expect(outputOf(undefined, 'run')).toBeUndefined()
  })

  test.each([
    ['a Uint8Array', Uint8Array.of(1, 2, 3)],
    ['an ArrayBuffer', Uint8Array.of(1, 2, 3).buffer],
    ['a view of part of a buffer', Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4)],
    ['a DataView of part of a buffer', new DataView(Uint8Array.of(9, 1, 2, 3).buffer, 1)],
    ['a Node Buffer', Buffer.from([1, 2, 3])],
  ])('the bytes of %s are the output', (_, value) => {
    const output = outputOf(value, 'run')
    expect(output).toBeInstanceOf(Uint8Array)
    expect([...(output as Uint8Array)]).toEqual([1, 2, 3])
  })

  test('a view of larger elements is its bytes', () => {
    expect(outputOf(Uint16Array.of(0x0201, 0x0403), 'run')).toEqual(Uint8Array.of(1, 2, 3, 4))
  })

  test('no bytes differ from no output', () => {
    expect(outputOf(new Uint8Array(0), 'run')).toEqual(new Uint8Array(0))
  })

  test.each([
    [{ high: 1.5, list: ['a', null] }, '{"high":1.5,"list":["a",null]}'],
    [[1, 2], '[1,2]'],
    [42, '42'],
    [Number.NaN, 'null'],
    [true, 'true'],
    [null, 'null'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ toJSON: () => ({ as: 'json' }) }, '{"as":"json"}'],
  ])('anything else is JSON: %j', (value, json) => {
    expect(outputOf(value, 'run')).toBe(json)
  })

  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  test.each([
    ['a BigInt', 10n, 'BigInt'],
    ['an object with a BigInt', { n: 10n }, 'BigInt'],
    ['a cyclic object', cyclic, 'circular'],
    ['a function', () => 1, '(a function)'],
    ['a symbol', Symbol('x'), '(a symbol)'],
  ])('%s is refused with the name of the export, the reason and the remedy', (_, value, why) => {
    expect(() => outputOf(value, 'run')).toThrow(TypeError)
    expect(() => outputOf(value, 'run')).toThrow(
      'export "run" returned a value that cannot be its output',
    )
    expect(() => outputOf(value, 'run')).toThrow(why)
    expect(() => outputOf(value, 'run')).toThrow('return a string, bytes or something JSON can')
  })

  test("an error that the value's own toJSON throws is the reason", () => {
    const value = {
      toJSON: () => {
        throw new Error('not today')
      },
    }
    expect(() => outputOf(value, 'run')).toThrow('(not today)')
  })
})

describe('input', () => {
  test('is that of the running entry', () => {
    const platform = new FakePlatform()
    platform.entryInput = Uint8Array.of(1, 2)
    expect(new Call(1, 'run', platform).input()).toEqual(Uint8Array.of(1, 2))
  })

  test('comes as text too', () => {
    const platform = new FakePlatform()
    platform.entryInput = 'déjà vu'
    expect(new Call(1, 'run', platform).inputText()).toBe('déjà vu')
  })

  test('is kept when the entry ends, whatever the next entry has', () => {
    const platform = new FakePlatform()
    const call = new Call(1, 'run', platform)
    platform.entryInput = 'mine'
    call.suspend()
    platform.entryInput = "another's"
    expect(call.inputText()).toBe('mine')
    expect(call.inputText()).toBe('mine')
  })

  test('is the same when it was read before the entry ended', () => {
    const platform = new FakePlatform()
    const call = new Call(1, 'run', platform)
    platform.entryInput = 'mine'
    const before = call.input()
    call.suspend()
    platform.entryInput = "another's"
    expect(call.input()).toBe(before)
  })
})

describe('output through the call object', () => {
  test.each([
    ['a Uint8Array', () => Uint8Array.of(7, 8)],
    ['an ArrayBuffer', () => Uint8Array.of(7, 8).buffer],
    ['a view of part of a buffer', () => Uint8Array.of(1, 7, 8, 1).subarray(1, 3)],
  ])('takes a copy of %s', (_, make) => {
    const call = new Call(1, 'run', new FakePlatform())
    const data = make()
    call.output(data)
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data
    bytes.fill(0)
    expect(call.outputData).toEqual(Uint8Array.of(7, 8))
  })

  test('the last one counts', () => {
    const call = new Call(1, 'run', new FakePlatform())
    call.output('first')
    call.output('last')
    expect(call.outputData).toBe('last')
  })
})
