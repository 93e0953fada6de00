import { encode, ExtensionCodec } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { json } from '../../src/codec/json.js'
import { msgpack } from '../../src/codec/msgpack.js'
import { protobuf } from '../../src/codec/protobuf.js'
import { raw } from '../../src/codec/raw.js'
import type { Codec, Message } from '../../src/index.js'
import { TradeSchema } from './trade_pb.js'

/** What both JSON and MessagePack can carry: one has no -0, the other no key `__proto__`. */
const value = fc
  .jsonValue({ maxDepth: 6 })
  .map((made) => JSON.parse(JSON.stringify(made).replaceAll('__proto__', 'proto')) as unknown)

const trade = fc.record({
  symbol: fc.string({ unit: 'grapheme' }),
  amount: fc.double({ noNaN: true }),
  number: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  tags: fc.array(fc.string()),
})

function back<In, Out>(codec: Codec<In, Out>, sent: Out): In {
  return codec.decode(codec.encode(sent))
}

describe('values come back as they were', () => {
  test('as JSON', () => {
    fc.assert(
      fc.property(value, (made) => {
        expect(back(json(), made)).toEqual(made)
      }),
    )
  })

  test('as JSON in a binary message', () => {
    expect(json().decode(new TextEncoder().encode('{"é":[1]}'))).toEqual({ é: [1] })
  })

  test('as MessagePack', () => {
    fc.assert(
      fc.property(value, (made) => {
        expect(back(msgpack(), made)).toEqual(made)
      }),
    )
  })

  test('as MessagePack, with bytes and dates, and integers of 64 bits when asked for', () => {
    const made = { bytes: Uint8Array.of(1, 2), date: new Date(1e12) }
    expect(back(msgpack(), made)).toEqual(made)
    expect(back(msgpack({ useBigInt64: true }), 2n ** 60n + 1n)).toBe(2n ** 60n + 1n)
  })

  test('as MessagePack, with types of one’s own', () => {
    const extensionCodec = new ExtensionCodec()
    extensionCodec.register({
      type: 1,
      encode: (made) => (made instanceof URL ? new TextEncoder().encode(made.href) : null),
      decode: (bytes) => new URL(new TextDecoder().decode(bytes)),
    })
    const made = [new URL('ws://feed.example/')]
    expect(back(msgpack({ extensionCodec }), made)).toEqual(made)
  })

  test('as Protobuf', () => {
    fc.assert(
      fc.property(trade, (made) => {
        expect(back(protobuf(TradeSchema), made)).toMatchObject(made)
      }),
    )
  })

  test('as Protobuf, when the author’s own are sent on', () => {
    const codec = protobuf(TradeSchema)
    const first = back(codec, { symbol: 'A', parent: { symbol: 'B' } })
    expect(back(codec, first)).toEqual(first)
  })

  test('as messages', () => {
    expect(back(raw, 'text')).toBe('text')
    expect(back(raw, Uint8Array.of(1))).toEqual(Uint8Array.of(1))
  })
})

const packed = encode({ symbol: 'A', tags: ['x', 'y'], amount: 1.5 })
const trades = protobuf(TradeSchema).encode({ symbol: 'ABC', tags: ['xyz'], amount: 1.5 })

describe('what is no such value is an error', () => {
  test.each<[string, Codec<unknown>, Message]>([
    ['JSON that is empty', json(), ''],
    ['JSON that is cut', json(), '{"a":1'],
    ['JSON with something behind it', json(), '1 2'],
    ['bytes that are not UTF-8', json(), Uint8Array.of(0x22, 0xff, 0x22)],
    ['text for MessagePack', msgpack(), 'text'],
    ['MessagePack that is empty', msgpack(), new Uint8Array(0)],
    ['MessagePack with something behind it', msgpack(), Uint8Array.of(...packed, 0)],
    ['the format that MessagePack never uses', msgpack(), Uint8Array.of(0xc1)],
    ['text for Protobuf', protobuf(TradeSchema) as unknown as Codec<unknown>, 'text'],
  ])('%s', (_name, codec, message) => {
    expect(() => codec.decode(message)).toThrow(Error)
  })

  test('MessagePack that is cut anywhere', () => {
    for (let end = 0; end < packed.length; end++) {
      expect(() => msgpack().decode(packed.slice(0, end))).toThrow(RangeError)
    }
  })

  test('Protobuf that is cut within a field', () => {
    expect(() => protobuf(TradeSchema).decode(trades.slice(0, 3) as Uint8Array)).toThrow(Error)
  })

  test('and whatever comes, a codec returns or throws an Error', () => {
    const codecs: Codec<unknown>[] = [json(), msgpack(), protobuf(TradeSchema) as never]
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string()), (message) => {
        for (const codec of codecs) {
          try {
            codec.decode(message)
          } catch (error) {
            expect(error).toBeInstanceOf(Error)
          }
        }
      }),
    )
  })
})
