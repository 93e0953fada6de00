import type { ConnectRequest, ReconnectRequest } from '@extism-ws/protocol'

import { reconnectFrom, type ReconnectOptions } from '../connection/reconnect-options.js'
import type { Limits } from '../limits.js'

/** Whether the host connects again: for every socket, for none, or for those that ask for it. */
export interface ReconnectSetting {
  readonly options: ReconnectOptions
  readonly when: 'always' | 'never' | 'asked'
}

/** How a socket connects again. */
export interface WantedReconnect {
  readonly options: ReconnectOptions
  readonly asked: ReconnectRequest
}

/** @throws {TypeError} for options that are out of bounds, or contradict themselves. */
export function reconnectSetting(
  set: Partial<ReconnectOptions> | boolean | undefined,
  { sendBufferBytes }: Limits,
): ReconnectSetting {
  const options = reconnectFrom(typeof set === 'object' ? set : {})
  if (options.queueBytes > sendBufferBytes) {
    throw new TypeError(
      `sockets.reconnect.queueBytes (${options.queueBytes}) must not be more than sockets.sendBufferBytes (${sendBufferBytes}): what waits is sent at once`,
    )
  }
  if (set === undefined) return { options, when: 'asked' }
  return { options, when: set === false ? 'never' : 'always' }
}

/** Undefined when the socket ends with its connection. */
export function reconnectFor(
  { reconnect: asked }: ConnectRequest,
  { when, options }: ReconnectSetting,
): WantedReconnect | undefined {
  const wanted = asked === undefined ? when === 'always' : asked !== false
  if (!wanted) return undefined
  return { options, asked: typeof asked === 'object' ? asked : {} }
}
