import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

import { json } from '../../src/codec/json.js'
import { msgpack } from '../../src/codec/msgpack.js'
import { protobuf } from '../../src/codec/protobuf.js'
import { raw } from '../../src/codec/raw.js'
import {
  connect,
  sync,
  type Message,
  type Socket,
  type StandardSchema,
  type SyncSocket,
  type TypedSocket,
  type TypedSyncSocket,
} from '../../src/index.js'
import { TradeSchema, type Trade } from './trade_pb.js'

interface Tick {
  price: number
}

// Only its types are of interest: nothing is connected.
const made = {
  plain: () => connect('', { name: 'feed' }),
  json: () => connect('', { codec: json<Tick>() }),
  unknown: () => connect('', { codec: json() }),
  both: () => connect('', { codec: msgpack<Tick, string>(), reconnect: false }),
  protobuf: () => connect('', { codec: protobuf(TradeSchema) }),
  raw: () => connect('', { codec: raw }),
  zod: () => connect('', { codec: json(), schema: z.object({ price: z.coerce.number() }) }),
  valibot: () => connect('', { codec: json(), schema: v.object({ price: v.number() }) }),
  arktype: () => connect('', { codec: json(), schema: type({ price: 'number' }) }),
  sendsToo: () => connect('', { codec: json<unknown, string>(), schema: z.number() }),
  sync: () => sync.connect('', { codec: msgpack<Tick, string>(), name: 'feed' }),
  syncPlain: () => sync.connect('', { name: 'feed' }),
  syncChecked: () => sync.connect('', { codec: json(), schema: z.object({ price: z.number() }) }),
  syncWrapped: (socket: SyncSocket) => json<Tick>().wrap(socket),
  syncWrappedChecked: (socket: SyncSocket) => json<Tick>().wrap(socket, { schema: z.string() }),
}

describe('the types of sockets of values', () => {
  it('without a codec: messages', () => {
    expectTypeOf(made.plain).returns.resolves.toEqualTypeOf<Socket>()
  })

  it('with one: its values', () => {
    expectTypeOf(made.json).returns.resolves.toEqualTypeOf<TypedSocket<Tick, Tick>>()
    expectTypeOf(made.unknown).returns.resolves.toEqualTypeOf<TypedSocket<unknown, unknown>>()
    expectTypeOf(made.both).returns.resolves.toEqualTypeOf<TypedSocket<Tick, string>>()
    expectTypeOf(made.raw).returns.resolves.toEqualTypeOf<TypedSocket<Message, Message>>()
  })

  it('of Protobuf: messages of the type, and for sending what can be made one', () => {
    type Made = Awaited<ReturnType<typeof made.protobuf>>
    expectTypeOf<Made['receive']>().returns.resolves.toEqualTypeOf<Trade>()
    expectTypeOf<{ symbol: string }>().toExtend<Parameters<Made['send']>[0]>()
    expectTypeOf<{ symbol: number }>().not.toExtend<Parameters<Made['send']>[0]>()
  })

  it('with a schema: what it makes of them, and for sending what the codec takes', () => {
    type Checked = TypedSocket<{ price: number }, unknown>
    expectTypeOf(made.zod).returns.resolves.toEqualTypeOf<Checked>()
    expectTypeOf(made.valibot).returns.resolves.toEqualTypeOf<Checked>()
    expectTypeOf(made.arktype).returns.resolves.toEqualTypeOf<Checked>()
    expectTypeOf(made.sendsToo).returns.resolves.toEqualTypeOf<TypedSocket<number, string>>()
  })

  it('of sync: the same values, without promises', () => {
    expectTypeOf(made.syncPlain).returns.toEqualTypeOf<SyncSocket>()
    expectTypeOf(made.sync).returns.toEqualTypeOf<TypedSyncSocket<Tick, string>>()
    expectTypeOf(made.syncChecked).returns.toEqualTypeOf<
      TypedSyncSocket<{ price: number }, unknown>
    >()
    expectTypeOf(made.syncWrapped).returns.toEqualTypeOf<TypedSyncSocket<Tick, Tick>>()
    expectTypeOf(made.syncWrappedChecked).returns.toEqualTypeOf<TypedSyncSocket<string, Tick>>()
    type Made = TypedSyncSocket<Tick, string>
    expectTypeOf<Made['receive']>().returns.toEqualTypeOf<Tick | undefined>()
    expectTypeOf<Made>().toExtend<Iterable<Tick>>()
    expectTypeOf<Made>().toExtend<Disposable>()
  })

  it('take every schema of the standard', () => {
    expectTypeOf<StandardSchemaV1<string, number>>().toExtend<StandardSchema<number>>()
    expectTypeOf<StandardSchemaV1<string, number>>().not.toExtend<StandardSchema<string>>()
  })
})
