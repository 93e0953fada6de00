import type { PluginCall } from '@extism-ws/guest'

import { computeNumbers, tokenise, transformJson } from '../src/workloads.js'

/** The input is how often the work is done, the output a checksum. */
export function json(call: PluginCall): number {
  return transformJson(Number(call.inputText()))
}

export function regex(call: PluginCall): number {
  return tokenise(Number(call.inputText()))
}

export function numbers(call: PluginCall): number {
  return computeNumbers(Number(call.inputText()))
}
