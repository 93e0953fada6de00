import { abiVersion } from '@extism-ws/protocol'

import type { Limits } from '../limits.js'
import type { Mode } from '../mode/mode.js'
import type { Socket } from './socket.js'

/** What `ws_info(0)` tells of this host, as JSON (docs/abi.md). */
export function hostInfo(mode: Mode, limits: Limits): string {
  return JSON.stringify({ abi: abiVersion, mode, layers: ['portable', 'direct'], limits })
}

/** What it tells of a socket. */
export function socketInfo({ url, state, protocol, bufferedAmount, sendRoom }: Socket): string {
  return JSON.stringify({ url, state, protocol, bufferedAmount, sendRoom })
}
