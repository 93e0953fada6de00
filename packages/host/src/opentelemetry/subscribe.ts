import { diag } from '@opentelemetry/api'
import { subscribe as subscribeTo, unsubscribe } from 'node:diagnostics_channel'

import type { ChannelMessages, ChannelName } from '../metrics/channels.js'

/** Listens to one of our channels. Answers what ends it. */
export function subscribe<Name extends ChannelName>(
  name: Name,
  listen: (message: ChannelMessages[Name]) => void,
): () => void {
  const listener = (message: unknown): void => {
    try {
      // Only this package publishes there.
      listen(message as ChannelMessages[Name])
    } catch (error) {
      // Node would end the process: an exporter's failure is none of the program's.
      diag.error(`extism-ws: ${name}`, error)
    }
  }
  subscribeTo(name, listener)
  return () => {
    unsubscribe(name, listener)
  }
}
