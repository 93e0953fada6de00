import { connect, type PluginCall } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'

import { outcome } from './scenario.js'

export function run(call: PluginCall) {
  const codec = json<{ symbol: string; amount: number }>()
  return outcome(connect(call.inputText(), { codec }), [
    { symbol: 'A', amount: 1.5 },
    { symbol: 'é', amount: 2 },
  ])
}

/** Nobody listens to what cannot be decoded. */
export async function quiet(call: PluginCall) {
  await using socket = await connect(call.inputText(), { codec: json() })
  socket.send('over')
  for await (const value of socket) if (value === 'over') break
  return { undecodable: socket.undecodable }
}
