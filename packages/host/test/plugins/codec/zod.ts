import { connect, type PluginCall } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'
import { z } from 'zod'

import { outcome } from './scenario.js'

/** Numbers come as text, as many markets send them. */
const schema = z.object({ symbol: z.string(), amount: z.coerce.number() })

export function run(call: PluginCall) {
  const codec = json<unknown>()
  return outcome(connect(call.inputText(), { codec, schema }), [{ symbol: 'A', amount: '1.5' }])
}
