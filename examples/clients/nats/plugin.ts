import type { PluginCall } from '@extism-ws/guest'
import { scenario } from './scenario.js'

/** Answers what the scenario does at the server whose URL is the input. */
export async function run(call: PluginCall) {
  return scenario(call.inputText())
}
