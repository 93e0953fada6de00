import { connect, type PluginCall } from '@extism-ws/guest'
import { msgpack } from '@extism-ws/guest/codec/msgpack'

import { outcome } from './scenario.js'

export function run(call: PluginCall) {
  const codec = msgpack<{ symbol: string; amount: number; tags: string[] }>()
  return outcome(connect(call.inputText(), { codec }), [
    { symbol: 'A', amount: 1.5, tags: [] },
    { symbol: 'é', amount: -70_000, tags: ['x', 'y'] },
  ])
}
