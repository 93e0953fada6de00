import type { PluginCall } from '@extism-ws/guest'
import { scenario, type Editor } from './scenario.js'

/** Answers the document when the editor that the input describes has met the other one in it. */
export async function edit(call: PluginCall) {
  return scenario(JSON.parse(call.inputText()) as Editor)
}
