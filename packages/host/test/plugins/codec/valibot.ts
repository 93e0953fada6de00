import { connect, type PluginCall } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'
import * as v from 'valibot'

import { outcome } from './scenario.js'

/** Numbers come as text, as many markets send them. */
const schema = v.object({ symbol: v.string(), amount: v.pipe(v.string(), v.transform(Number)) })

export function run(call: PluginCall) {
  const codec = json<unknown>()
  return outcome(connect(call.inputText(), { codec, schema }), [{ symbol: 'A', amount: '1.5' }])
}
