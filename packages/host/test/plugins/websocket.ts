import type { PluginCall } from '@extism-ws/guest'

import * as attributes from './websocket/attributes.js'
import * as closing from './websocket/closing.js'
import * as construction from './websocket/construction.js'
import * as feedback from './websocket/feedback.js'
import * as interfaces from './websocket/interfaces.js'
import * as sending from './websocket/sending.js'
import * as streams from './websocket/streams.js'

type Scenario = (url: string) => unknown

const scenarios: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  attributes,
  closing,
  construction,
  feedback,
  interfaces,
  sending,
  streams,
}

/** Plays one scenario with a server, and answers what was seen. */
export async function play(call: PluginCall) {
  const { part, name, url } = JSON.parse(call.inputText()) as Record<string, string>
  const scenario = scenarios[part ?? '']?.[name ?? '']
  if (scenario === undefined) throw new Error(`no scenario ${part}.${name}`)
  // As JSON: a string would be the output as it is.
  return JSON.stringify(await scenario(url ?? ''))
}
