import { sync, type PluginCall, type TypedSyncSocket } from '@extism-ws/guest'
import { json as jsonCodec } from '@extism-ws/guest/codec/json'
import { msgpack as msgpackCodec } from '@extism-ws/guest/codec/msgpack'
import { protobuf as protobufCodec } from '@extism-ws/guest/codec/protobuf'
import * as v from 'valibot'

import type { Outcome } from './scenario.js'
import { plain, TradeSchema } from './trade_pb.js'

/** The same scenario without `await`: by the loop, and by `receive`. */
function outcome<In, Out>(socket: TypedSyncSocket<In, Out>, values: readonly Out[]): Outcome {
  const read: unknown[] = []
  const failures: string[] = []
  const lengths: number[] = []
  socket.onUndecodable = ({ message, error }) => {
    failures.push(`${error.code}: ${error.message}`)
    lengths.push(message.length)
  }
  for (const value of values) socket.send(value)
  for (const value of socket) {
    read.push(value)
    break
  }
  while (read.length < values.length) read.push(socket.receive({ timeoutMs: 20_000 }))
  socket.close()
  return { read, failures, lengths }
}

export function json(call: PluginCall) {
  const codec = jsonCodec<{ symbol: string; amount: number }>()
  return outcome(sync.connect(call.inputText(), { codec }), [
    { symbol: 'A', amount: 1.5 },
    { symbol: 'é', amount: 2 },
  ])
}

export function msgpack(call: PluginCall) {
  const codec = msgpackCodec<{ symbol: string; amount: number; tags: string[] }>()
  return outcome(sync.connect(call.inputText(), { codec }), [
    { symbol: 'A', amount: 1.5, tags: [] },
    { symbol: 'é', amount: -70_000, tags: ['x', 'y'] },
  ])
}

export function protobuf(call: PluginCall) {
  const socket = sync.connect(call.inputText(), { codec: protobufCodec(TradeSchema) })
  const { read, ...rest } = outcome(socket, [
    { symbol: 'A', amount: 1.5, number: 2n ** 60n },
    { symbol: 'é', tags: ['x', 'y'], parent: { symbol: 'B' } },
  ])
  return { ...rest, read: read.map(plain) }
}

/** Numbers come as text, as many markets send them. */
const trade = v.object({ symbol: v.string(), amount: v.pipe(v.string(), v.transform(Number)) })

export function schema(call: PluginCall) {
  const codec = jsonCodec<unknown>()
  const socket = sync.connect(call.inputText(), { codec, schema: trade })
  return outcome(socket, [{ symbol: 'A', amount: '1.5' }])
}

export function slowSchema(call: PluginCall) {
  const codec = jsonCodec<unknown>()
  const slow = v.pipeAsync(
    v.string(),
    v.checkAsync(async () => true),
  )
  const socket = sync.connect(call.inputText(), { codec, schema: slow })
  socket.send('over')
  try {
    return String(socket.receive())
  } finally {
    socket.close()
  }
}
