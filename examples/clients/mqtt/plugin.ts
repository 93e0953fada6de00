import type { PluginCall } from '@extism-ws/guest'
import * as scenario from './scenario.js'

/** Connects to the broker whose URL is the input, and stays connected. */
export async function start(call: PluginCall) {
  return scenario.start(call.inputText())
}

export async function resume() {
  return scenario.resume()
}
