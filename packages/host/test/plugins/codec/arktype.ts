import { platform } from './form-data.js'
import { connect, type PluginCall } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'
import { type } from 'arktype'

import { outcome } from './scenario.js'

/** Numbers come as text, as many markets send them. */
const schema = type({ symbol: 'string', amount: 'string.numeric.parse' })

export function run(call: PluginCall) {
  if (typeof platform.FormData !== 'function') throw new Error('arktype cannot be loaded')
  const codec = json<unknown>()
  return outcome(connect(call.inputText(), { codec, schema }), [{ symbol: 'A', amount: '1.5' }])
}
