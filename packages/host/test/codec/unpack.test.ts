import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlugin, type Plugin } from '../../src/index.js'
import { build } from '../build.js'

type Outcome = [ofPackage: string, ofCodec: string, byEngine: boolean]

let plugin: Plugin
beforeAll(async () => {
  plugin = await createPlugin((await build('codec/unpack')).wasm, { timeoutMs: 60_000 })
})
afterAll(() => plugin.close())

async function compare(messages: readonly Uint8Array[]): Promise<Outcome[]> {
  const parts = messages.flatMap((bytes) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return [length, bytes]
  })
  return (await plugin.call('compare', Buffer.concat(parts)))?.json() as Outcome[]
}

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** What MessagePack can carry, deep and wide enough to have every length of header. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { withCrossShrink: true, maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -0, NaN, Infinity, 2 ** 53, -(2 ** 53), 1.1),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('any'), { maxLength: 20 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 40 }), tie('any'), { maxKeys: 20 }),
  ),
})).any

describe('MessagePack of the engine', () => {
  it('makes what the package makes, of what it takes', async () => {
    const values = fc.sample(value, { numRuns: 500, seed: 7 })
    const outcomes = await compare(values.map((each) => encode(each)))
    for (const [ofPackage, ofCodec] of outcomes) expect(ofCodec).toBe(ofPackage)
    const taken = outcomes.filter(([, , byEngine]) => byEngine)
    expect(taken.length).toBeGreaterThan(450)
  })

  it('takes nothing that the package refuses, and leaves the rest to it', async () => {
    const whole = fc.sample(value, { numRuns: 200, seed: 11 }).map((each) => encode(each))
    const broken = whole.flatMap((bytes, at) => {
      const changed = bytes.slice()
      changed[at % changed.length] = (at * 37) & 0xff
      return [bytes.subarray(0, bytes.length >> 1), Buffer.concat([bytes, bytes]), changed]
    })
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 60 }), {
      numRuns: 2000,
      seed: 13,
    })
    const outcomes = await compare([...broken, ...noise])
    for (const [ofPackage, ofCodec, byEngine] of outcomes) {
      if (byEngine || ofCodec !== 'refused') expect(ofCodec).toBe(ofPackage)
    }
  })

  it.each([
    ['every small number', '94 00 7f e0 ff', '[0,127,-32,-1]', true],
    [
      'unsigned numbers',
      '94 ccff cdffff ceffffffff cf0000000100000000',
      '[255,65535,4294967295,4294967296]',
      true,
    ],
    [
      'signed numbers',
      '94 d080 d18000 d280000000 d3ffffffff00000000',
      '[-128,-32768,-2147483648,-4294967296]',
      true,
    ],
    ['floats', '92 ca3fc00000 cbbff8000000000000', '[1.5,-1.5]', true],
    [
      'lengths of 2 and 4 bytes',
      'dc 0001 dd 00000001 df 00000001 da 0001 61 c0',
      '[[{"a":null}]]',
      true,
    ],
    ['keys that are numbers', '81 01 02', '{"1":2}', false],
    ['a timestamp', 'd6ff 00000001', 'date 1000', false],
    ['__proto__ as a key', `81 a9${Buffer.from('__proto__').toString('hex')} 01`, 'refused', false],
    [
      'another key of nine',
      `81 a9${Buffer.from('__prato__').toString('hex')} 01`,
      '{"__prato__":1}',
      false,
    ],
    ['text that is no UTF-8, as the package reads it', 'a2 c328', '"\u00e8"', false],
    ['a format that does not exist', 'c1', 'refused', false],
    ['something behind it', '01 02', 'refused', false],
    ['a map without its value', '81 a161', 'refused', false],
    ['an array in 33 others', `${'91'.repeat(34)}01`, `${'['.repeat(34)}1${']'.repeat(34)}`, false],
  ])('%s', async (_name, bytes, expected, byEngine) => {
    expect(await compare([hex(bytes)])).toEqual([[expected, expected, byEngine]])
  })

  it('believes no length that the message does not have', async () => {
    // The package would make arrays as large as they claim: it is not asked.
    for (const bytes of ['dd ffffffff 01', 'df ffffffff', 'c6 ffffffff 00', 'db ffffffff 61', '']) {
      const message = hex(bytes)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(message.length)
      const input = Buffer.concat([length, message])
      expect((await plugin.call('refuse', input))?.json()).toEqual([['refused', false]])
    }
  })
})
