import { connect, type PluginCall } from '@extism-ws/guest'
import { json } from '@extism-ws/guest/codec/json'
import * as v from 'valibot'

import { outcome } from './scenario.js'

type Nested = Nested[]

const schema: v.GenericSchema<Nested> = v.array(v.lazy(() => schema))

export function run(call: PluginCall) {
  const codec = json<unknown, Nested>()
  return outcome(connect(call.inputText(), { codec, schema }), [[[]]])
}
