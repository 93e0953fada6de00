import { connect, type PluginCall } from '@extism-ws/guest'
import { protobuf } from '@extism-ws/guest/codec/protobuf'

import { outcome } from './scenario.js'
import { plain, TradeSchema } from './trade_pb.js'

export async function run(call: PluginCall) {
  const codec = protobuf(TradeSchema)
  const { read, ...rest } = await outcome(connect(call.inputText(), { codec }), [
    { symbol: 'A', amount: 1.5, number: 2n ** 60n },
    { symbol: 'é', tags: ['x', 'y'], parent: { symbol: 'B' } },
  ])
  return { ...rest, read: read.map(plain) }
}
